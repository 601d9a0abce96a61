"""Sizes at which the tests run lesson 13."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "labels_per_class": 8,
    "num_seeds": 2,
    "num_epochs": 1,
    "large_batch": 32,
    "timed_size": 8,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {"num_seeds": 4, "large_batch": 200, "timed_size": 16}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "resnet18",
    "input_size": 32,
    "labels_per_class": 4,
    "large_batch": 24,
    "timed_size": 32,
    "val_fraction": 0.2,
}

# In a browser, besides SMALL.
BROWSER = {}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "pretraining"
