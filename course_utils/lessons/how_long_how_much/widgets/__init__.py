"""What moves in lesson 14."""
