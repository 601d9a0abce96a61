"""Answers of lesson 10, one module an exercise."""
