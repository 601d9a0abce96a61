"""What moves in lesson 13."""
