"""Checks of a learner's answers, one module per lesson."""
