"""The start of a lesson: parameters checked, seed, device and precision; the learner's one file."""
