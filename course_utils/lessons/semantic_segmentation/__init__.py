"""What lesson 09 alone owns."""
