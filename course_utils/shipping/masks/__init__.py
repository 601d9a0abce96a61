"""A segmenter as a model folder: saved, loaded, asked for maps, which are written and drawn."""
