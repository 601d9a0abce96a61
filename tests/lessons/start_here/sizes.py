"""Sizes at which the tests run lesson 00."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {"num_steps": 20, "num_draws": 2}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {}

# In a browser, besides SMALL.
BROWSER = {}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = None
