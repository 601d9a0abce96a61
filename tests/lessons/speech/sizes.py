"""Sizes at which the tests run lesson 11."""

from pathlib import Path

import numpy as np
from scipy.io import wavfile

from course_utils.data.sounds.log_mel import RATE

# Every cell runs, in seconds; claims need not hold.
SMALL = {
    "num_known": 6,
    "few_labels": 2,
    "many_labels": 3,
    "num_steps": 2,
    "final_steps": 2,
    "batch_size": 8,
    "penalties": [0.1],
    "rates": [0.01],
}

# Fast, and other than the lesson's own; all claims hold, with seed 1.
OTHER = {
    "num_known": 6,
    "few_labels": 4,
    "many_labels": 10,
    "num_steps": 6,
    "final_steps": 6,
    "penalties": [0.01, 1.0],
    "rates": [0.01],
}

# Profile "gpu" in seconds on a CPU, besides SMALL.
GPU_PROFILE = {"group_by": "^[a-z]+", "image_size": 16}
SPEAKERS = ("ada", "ben", "cleo", "dan", "eve", "fay")


def write_dataset(folder: Path) -> str:
    """Write recordings of two classes for profile "gpu"; return what asks for them."""
    rng = np.random.default_rng(0)
    time = np.arange(RATE // 4) / RATE
    for place, name in enumerate(("rising", "falling")):
        (folder / name).mkdir(parents=True)
        for number, speaker in enumerate(SPEAKERS):
            for take in range(4):
                pitch = 400 + 100 * number + (1 - 2 * place) * 800 * time * rng.uniform(0.8, 1.2)
                samples = np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
                samples += 0.02 * rng.standard_normal(len(samples))
                file = folder / name / f"{speaker}_{take}.wav"
                wavfile.write(file, RATE, (samples * 2**14).astype(np.int16))
    return f"sounds:{folder}"


# In a browser, besides SMALL.
BROWSER = {}

# The row of the table of formulas that the lesson marks as its own.
OWN_ROW = "validation"
