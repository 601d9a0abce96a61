"""What moves in lesson 09."""
