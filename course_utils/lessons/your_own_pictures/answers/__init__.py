"""Answers of lesson 07, one module an exercise."""
