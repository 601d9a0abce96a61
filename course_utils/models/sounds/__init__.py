"""Networks that listen: samples of sounds in, features out."""
