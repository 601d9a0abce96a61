"""Answers of lesson 08, one module an exercise."""
