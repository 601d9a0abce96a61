"""A classifier of sounds as a model folder: saved, loaded, asked for classes, judged."""
