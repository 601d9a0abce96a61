"""What lesson 06 alone owns."""
