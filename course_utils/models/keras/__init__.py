"""Networks of torch as Keras models, and back: the same weights, the same answers."""
