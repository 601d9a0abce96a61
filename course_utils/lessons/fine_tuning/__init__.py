"""What lesson 04 alone owns."""
