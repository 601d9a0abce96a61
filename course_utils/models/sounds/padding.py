"""Sounds of several lengths in one tensor: the shorter ones are filled up on the right."""

from collections.abc import Sequence

import torch
from torch import Tensor

PADDING = float("nan")  # no sample of any sound, so silence is never taken for the end of one


def pad_sounds(sounds: Sequence[Tensor]) -> Tensor:
    """Samples (B, T), float32, T those of the longest sound; behind the others is ``PADDING``.

    Args:
        sounds: B sounds, of (T,) each.

    Raises:
        ValueError: If there are no sounds, or one has no samples.
    """
    lengths = [len(sound) for sound in sounds]
    if not lengths or min(lengths) == 0:
        raise ValueError(f"sounds must have samples, got sounds of {lengths} samples")
    padded = torch.full((len(sounds), max(lengths)), PADDING)
    for row, sound in zip(padded, sounds, strict=True):
        row[: len(sound)] = sound
    return padded


def count_samples(sounds: Tensor) -> Tensor:
    """Samples in each row of (B, T) that are not padding: (B,), int64.

    Raises:
        ValueError: If a row is padding alone, or padding stands before a sample.
    """
    real = ~sounds.isnan()
    counts = real.sum(dim=1)
    if bool((counts == 0).any()):
        raise ValueError(f"row {int(counts.argmin())} is padding alone: a sound has a sample")
    if bool((real[:, 1:] & ~real[:, :-1]).any()):
        raise ValueError("padding stands before a sample: pad on the right, as pad_sounds does")
    return counts
