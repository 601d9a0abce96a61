"""Answers of lesson 12, one module an exercise."""
