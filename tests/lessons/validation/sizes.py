"""Sizes at which the tests run lesson 05."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "label_counts": [1, 4],
    "num_seeds": 2,
    "candidate_counts": [1, 4],
    "val_sizes": [10, 20],
    "num_repeats": 20,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_val": 250,
    "num_epochs": 16,
    "label_counts": [1, 4, 12],
    "head_rates": [0.0001, 0.01, 10.0],
    "num_seeds": 3,
    "candidate_counts": [1, 5, 20],
    "val_sizes": [60, 150],
    "num_repeats": 200,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {"backbone": "shufflenet_v2_x0_5", "input_size": 32, "num_val": 30, "num_epochs": 3}

# In a browser, besides SMALL. With fewer epochs, no patience is too short.
BROWSER = {"num_epochs": 15, "head_rates": [0.001, 0.1]}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "validation"
