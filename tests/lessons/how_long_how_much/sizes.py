"""Sizes at which the tests run lesson 14."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "probe_seconds": 0.001,
    "epoch_steps": 2,
    "trial_batch": 1,
    "memory_batch": 4,
    "labels_per_class": [1, 2, 3],
    "num_repeats": 2,
    "num_pictures": 100,
    "num_epochs": 1,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "network": "mobilenet_v3_large",
    "picture_size": 160,
    "num_pictures": 3000,
    "num_epochs": 10,
    "batch_size": 64,
    "probe_seconds": 0.1,
    "epoch_steps": 20,
    "memory_batch": 24,
    "labels_per_class": [1, 2, 5, 10, 18],
    "num_repeats": 20,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "network": "shufflenet_v2_x0_5",
    "picture_size": 64,
    "batch_size": 8,
    "probe_batch": 1,
    "trial_batch": 1,
}

# In a browser, besides SMALL.
BROWSER = {"labels_per_class": [1, 2, 5, 10, 20]}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "pretraining"
