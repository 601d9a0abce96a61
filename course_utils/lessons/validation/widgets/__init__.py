"""What moves in lesson 05."""
