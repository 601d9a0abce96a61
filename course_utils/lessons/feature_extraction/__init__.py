"""What lesson 03 alone owns."""
