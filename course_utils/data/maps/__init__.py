"""Pictures with a class for every pixel: one form, and two ways in."""
