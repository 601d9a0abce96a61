"""Sizes at which the tests run lesson 01."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {"num_letters": 1000, "num_minibatches": 40, "num_descents": 4}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_letters": 1200,
    "head_scales": [0.02, 0.2, 2.0],
    "batch_sizes": [5, 20, 100],
    "num_minibatches": 150,
    "num_steps": 50,
    "learning_rate": 0.4,
    "descent_batch_size": 12,
    "num_descents": 16,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {}

# In a browser, besides SMALL.
BROWSER = {}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "pretraining"
