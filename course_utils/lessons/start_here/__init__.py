"""What lesson 00 alone owns."""
