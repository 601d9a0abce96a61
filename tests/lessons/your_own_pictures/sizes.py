"""Sizes at which the tests run lesson 07."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "penalties": [0.001],
    "num_epochs": 2,
    "num_folds": 2,
    "curve_parts": [2, 4],
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "penalties": [0.001, 0.0001],
    "input_sizes": [7, 8],
    "few_pictures": 500,
    "test_fraction": 0.3,
    "num_epochs": 4,
    "curve_parts": [2, 4],
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "shufflenet_v2_x0_5",
    "precision": "auto",
    "input_sizes": [32, 48],
    "rates": [0.001],
    "batch_size": 32,
    "val_fraction": 0.2,
}

# In a browser, besides SMALL.
BROWSER = {"input_sizes": [8], "test_fraction": 0.6}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "validation"
