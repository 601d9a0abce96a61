"""What moves in lesson 10."""
