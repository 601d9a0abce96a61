"""Sizes at which the tests run lesson 03."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {"drift_steps": 5, "num_seeds": 2, "head_steps": 20, "learning_rates": [0.03, 0.1]}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "val_fraction": 0.25,
    "drift_steps": 80,
    "num_epochs": 3,
    "labels_per_class": [1, 4, 16],
    "few_labels": 4,
    "num_seeds": 3,
    "head_steps": 150,
    "learning_rates": [0.02, 0.1],
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "shufflenet_v2_x0_5",
    "input_size": 32,
    "val_fraction": 0.3,
    "labels_per_class": [1, 4],
    "few_labels": 2,
}

# In a browser, besides SMALL.
BROWSER = {"num_epochs": 1, "labels_per_class": [1, 5]}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "feature extraction"
