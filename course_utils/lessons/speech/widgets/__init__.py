"""What moves in lesson 11."""
