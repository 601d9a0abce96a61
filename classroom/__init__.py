"""A class and its exercises: handing them out, and marking what comes back."""
