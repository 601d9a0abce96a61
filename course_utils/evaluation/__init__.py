"""How good a model is, which of two is better, and the best of many."""
