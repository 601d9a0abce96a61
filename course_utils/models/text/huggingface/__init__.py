"""Language models of Hugging Face, from folders on this machine, in the form of the workbook's."""
