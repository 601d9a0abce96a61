"""The truth of each exercise, and what to say of known wrong ideas: one module per lesson."""
