"""A trained model as a folder that other programs load: saved, loaded, predictions, export."""
