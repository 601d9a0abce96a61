"""Sounds: recordings and synthetic words, and the pictures that networks see of them."""
