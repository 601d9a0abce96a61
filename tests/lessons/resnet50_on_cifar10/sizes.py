"""Sizes at which the tests run lesson 06."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "timed_pictures": 8,
    "fine_tune_rates": [0.0001],
    "head_factors": [1],
    "fine_tune_epochs": 1,
    "recipe_steps": 100,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "train_per_class": 40,
    "input_sizes": [8, 14, 28],
    "timed_pictures": 20,
    "fine_tune_rates": [0.0005, 0.002],
    "head_factors": [1],
    "fine_tune_epochs": 3,
    "recipe_steps": 2500,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "shufflenet_v2_x0_5",
    "precision": "auto",
    "habit_size": 40,
    "input_sizes": [32, 48],
}

# In a browser, besides SMALL.
BROWSER = {
    "train_per_class": 10,
    "val_fraction": 0.06,
    "test_fraction": 0.06,
    "input_sizes": [8, 16],
}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "feature extraction"
