"""What lesson 12, Keras and TensorFlow, alone owns."""
