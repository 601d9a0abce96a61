"""Lesson 13: what each way of going faster or larger buys, and which of them changes the result."""
