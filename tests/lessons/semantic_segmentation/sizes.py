"""Sizes at which the tests run lesson 09."""

from pathlib import Path

from tests.helpers.map_files import patches, write_maps

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "num_labelled": 12,
    "num_repeats": 2,
    "num_val": 10,
    "num_test": 12,
    "head_steps": 3,
    "num_steps": 3,
    "batch_size": 4,
    "scratch_rates": [0.01],
    "head_rates": [0.02],
    "rates": [0.005],
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_labelled": 60,
    "num_repeats": 2,
    "num_val": 100,
    "num_test": 100,
    "head_steps": 80,
    "num_steps": 60,
    "scratch_rates": [0.01],
    "head_rates": [0.02],
    "rates": [0.002],
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "resnet18",
    "segmenter": "lraspp",
    "image_size": 48,
    "num_labelled": 4,
    "num_steps": 2,
    "batch_size": 2,
}


def write_dataset(folder: Path) -> str:
    """Write pictures with masks for profile "gpu"; return what asks for them."""
    return write_maps(folder, {f"{number}": patches(1, 2) for number in range(16)})


# In a browser, besides SMALL.
BROWSER = {"num_labelled": 20}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "fine-tuning"
