"""Answers of lesson 02, one module an exercise; ``loops`` is of several."""
