"""Sizes at which every cell of a lesson still runs, in seconds; claims need not hold at them."""

from typing import Any

SMALL: dict[str, dict[str, Any]] = {
    "00": {"num_steps": 20, "num_draws": 2},
    "01": {"num_letters": 1000, "num_minibatches": 40},
    "02": {
        "num_letters": 1000,
        "num_fresh": 200,
        "batch_size": 64,
        "rate_epochs": 2,
        "num_repeats": 2,
    },
    "03": {
        "drift_steps": 5,
        "num_seeds": 2,
        "head_steps": 20,
        "learning_rates": [0.03, 0.1],
    },
    "04": {
        "num_steps": 6,
        "learning_rates": [0.001, 0.01],
        "tuning_labels": 3,
        "tuning_seeds": 2,
        "num_letters": 200,
    },
    "05": {
        "label_counts": [1, 4],
        "num_seeds": 2,
        "candidate_counts": [1, 4],
        "val_sizes": [10, 20],
        "num_repeats": 20,
    },
    "06": {
        "timed_pictures": 16,
        "fine_tune_rates": [0.0001],
        "fine_tune_epochs": 1,
        "recipe_steps": 100,
    },
}
