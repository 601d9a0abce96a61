"""What lesson 05 alone owns."""
