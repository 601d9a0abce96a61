"""What moves in lesson 06."""
