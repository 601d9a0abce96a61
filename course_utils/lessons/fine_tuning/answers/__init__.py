"""Answers of lesson 04, one module an exercise; ``states`` is of several."""
