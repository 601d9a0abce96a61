"""Answers of lesson 03, one module an exercise; ``states`` is of several."""
