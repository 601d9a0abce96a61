"""The same recipe in torch, in Keras and in TensorFlow: real code, which the lesson shows."""
