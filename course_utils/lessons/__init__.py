"""One room a lesson: all that this lesson alone owns."""
