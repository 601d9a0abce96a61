"""Answers of lesson 13, one module an exercise."""
