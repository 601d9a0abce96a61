"""What moves in lesson 07."""
