"""What lesson 01 alone owns."""
