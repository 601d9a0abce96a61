"""What lesson 11 alone owns."""
