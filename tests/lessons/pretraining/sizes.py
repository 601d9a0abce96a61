"""Sizes at which the tests run lesson 02."""

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "num_letters": 1000,
    "num_fresh": 200,
    "batch_size": 64,
    "rate_epochs": 2,
    "num_few": 100,
    "short_steps": 5,
    "num_runs": 2,
    "num_repeats": 2,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_letters": 6000,
    "num_fresh": 600,
    "num_epochs": 5,
    "steps_per_epoch": 30,
    "batch_size": 128,
    "learning_rate": 0.1,
    "small_rate": 0.003,
    "large_rate": 12.0,
    "rate_epochs": 8,
    "num_few": 300,
    "short_steps": 150,
    "num_runs": 2,
    "labels_per_class": 4,
    "num_repeats": 4,
}

# Profile "gpu" in seconds on a CPU, besides SMALL. Its width makes each step slow: few pictures.
GPU_PROFILE = {
    "num_letters": 300,
    "num_fresh": 60,
    "batch_size": 16,
    "num_epochs": 1,
    "steps_per_epoch": 2,
    "short_steps": 2,
}

# In a browser, besides SMALL.
BROWSER = {"num_epochs": 3, "steps_per_epoch": 5, "short_steps": 3}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "pretraining"
