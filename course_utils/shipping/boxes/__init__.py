"""A detector as a model folder: saved, loaded, asked for boxes, which are written and drawn."""
