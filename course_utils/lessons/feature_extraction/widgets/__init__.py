"""What moves in lesson 03."""
