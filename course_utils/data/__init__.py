"""Data sets, three-way splits, the sealed test set and batches."""
