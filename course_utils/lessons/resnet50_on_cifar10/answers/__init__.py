"""Answers of lesson 06, one module an exercise."""
