"""What lesson 10 alone owns."""
