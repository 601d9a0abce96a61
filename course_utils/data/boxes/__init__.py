"""Pictures with boxes, and with masks where there are some: one form, and four ways in."""
