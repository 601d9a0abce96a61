"""Sizes at which the tests run lesson 04."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "num_steps": 6,
    "head_rates": [0.01, 0.1],
    "learning_rates": [0.001, 0.01],
    "tuning_labels": 3,
    "tuning_seeds": 2,
    "num_letters": 200,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "labels_per_class": [2, 20],
    "num_steps": 40,
    "head_fraction": 0.4,
    "head_rates": [0.01, 0.03, 0.1],
    "learning_rates": [0.001, 0.005, 0.03],
    "tuning_seeds": 2,
    "num_letters": 1200,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "shufflenet_v2_x0_5",
    "input_size": 32,
    "val_fraction": 0.3,
    "labels_per_class": [1, 4],
    "precision": "auto",
    "num_seeds": 2,
    "num_steps": 4,
    "num_letters": 60,
}

# In a browser, besides SMALL. With two repeats, a slider has nothing to move.
BROWSER = {"labels_per_class": [1, 5], "num_seeds": 3}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "fine-tuning"
