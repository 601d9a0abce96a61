"""What lesson 02 alone owns."""
