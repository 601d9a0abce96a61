"""Sizes at which the tests run lesson 10."""

import csv
import shutil
from pathlib import Path

from course_utils.data.texts.kept_passages import FOLDER, load_passages
from course_utils.files import PROJECT_FOLDER
from tests.helpers.hugging_face import save_tiny

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "vocab_size": 300,
    "width": 16,
    "pretrain_steps": 3,
    "pretrain_batch": 2,
    "pretrain_length": 16,
    "num_scored": 10,
    "num_paragraphs": 8,
    "num_repeats": 2,
    "text_steps": 2,
    "text_batch": 2,
    "num_val": 40,
    "labels_per_class": 3,
    "num_steps": 2,
    "batch_size": 4,
    "longest": 24,
    "scratch_rates": [0.001],
    "head_rates": [0.02],
    "rates": [0.0005],
    "lora_rates": [0.005],
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "pretrain_steps": 240,
    "num_scored": 60,
    "num_paragraphs": 60,
    "num_repeats": 2,
    "text_steps": 20,
    "text_batch": 4,
    "test_fraction": 0.03,
    "num_val": 60,
    "labels_per_class": 10,
    "num_steps": 10,
    "longest": 32,
    "scratch_rates": [0.001],
    "head_rates": [0.02],
    "rates": [0.0005],
    "lora_rates": [0.005],
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {"text_column": "text", "label_column": "kind"}


def write_dataset(folder: Path) -> str:
    """Write a table of labelled texts for profile "gpu"; return what asks for it."""
    folder.mkdir()
    things = ("array", "axis", "index", "shape", "value", "order", "mean", "sum", "copy", "type")
    with (folder / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "kind"])
        for number in range(80):
            one, other = things[number % 10], things[number // 8]
            said = f"Return the {one} of {number} items" if number % 2 else f"The {one} to be read"
            table.writerow([f"{said}, or their {other}.", "returned" if number % 2 else "given"])
    return f"texts:{folder / 'texts.csv'}"


def write_backbone(folder: Path) -> str:
    """Write a tiny model in the form of Hugging Face; return what asks for it."""
    save_tiny(folder, "gpt2")
    return f"hf:{folder}"


def keep_data(folder: Path) -> None:
    """Put into ``folder`` what the lesson reads out of packages and then keeps.

    It is copied from the data folder of the workbook, where it is made unless it lies there.
    """
    data_dir = PROJECT_FOLDER / "data"
    (folder / FOLDER).mkdir()
    for package in ("numpy", "sklearn"):
        load_passages(package, data_dir)
        shutil.copy(data_dir / FOLDER / f"{package}.json", folder / FOLDER)


# In a browser, besides SMALL. Each text of the test set is scored by every way and repeat.
BROWSER = {"test_fraction": 0.03}

# The row of the table of formulas that the lesson marks as its own; it shows all four.
OWN_ROW = "pretraining"
