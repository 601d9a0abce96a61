"""Sizes at which the tests run lesson 08."""

from pathlib import Path

from tests.helpers.box_files import Shown, write_coco

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "num_labelled": 12,
    "num_repeats": 2,
    "num_val": 24,
    "num_test": 12,
    "num_steps": 3,
    "batch_size": 4,
    "scratch_rates": [0.01],
    "head_rates": [0.02],
    "rates": [0.005],
    "pretrain_scenes": 40,
    "pretrain_steps": 20,
    "pretrain_batch": 4,
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_labelled": 60,
    "num_repeats": 2,
    "num_val": 100,
    "num_test": 100,
    "num_steps": 50,
    "scratch_rates": [0.012],
    "head_rates": [0.02],
    "rates": [0.005],
    "pretrain_scenes": 300,
    "pretrain_steps": 60,
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {
    "backbone": "resnet18",
    "image_size": 32,
    "num_labelled": 4,
    "num_steps": 2,
    "batch_size": 1,
}


def write_dataset(folder: Path) -> str:
    """Write pictures with boxes for profile "gpu"; return what asks for them."""
    return write_coco(folder, [Shown(f"{number}.png") for number in range(16)])


# In a browser, besides SMALL.
BROWSER = {"num_labelled": 20}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "fine-tuning"
