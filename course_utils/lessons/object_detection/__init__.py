"""What lesson 08 alone owns."""
