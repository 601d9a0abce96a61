"""What lesson 14, how long and how much, alone owns."""
