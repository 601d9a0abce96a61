"""Answers of lesson 09, one module an exercise."""
