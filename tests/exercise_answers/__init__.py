"""Right and wrong answers to the exercises, by lesson: see tests/test_exercises.py."""
