"""Sizes at which the tests run lesson 12."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "num_seeds": 2,
    "num_epochs": 1,
    "scratch_epochs": 1,
    "rates": [0.001],
    "ask_tensorflow": False,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_seeds": 4,
    "scratch_epochs": 22,
    "rates": [0.00001, 0.001, 0.003],
    "ask_tensorflow": False,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "resnet18",
    "input_size": 32,
    "labels_per_class": 2,
    "batch_size": 8,
    "val_fraction": 0.2,
}

# In a browser, besides SMALL.
BROWSER = {}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "fine-tuning"
