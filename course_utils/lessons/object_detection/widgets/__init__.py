"""What moves in lesson 08."""
