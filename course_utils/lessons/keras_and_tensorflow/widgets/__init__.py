"""What moves in lesson 12."""
