"""A classifier of texts as a model folder: saved, loaded, asked for classes, judged."""
