"""Answers of lesson 14, one module an exercise."""
