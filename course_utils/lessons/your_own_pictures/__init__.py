"""What lesson 07 alone owns."""
