"""The scales on which answers to lesson 05's ``standardise`` may be: the right one, and others."""

from collections.abc import Sequence

import torch
from torch import Tensor

Axes = tuple[int, ...]
ALL_AXES: Axes = (0, 1, 2, 3)
Scale = tuple[str | None, str | None]  # whose mean and whose spread
SCALES: dict[str, tuple[Scale, Scale]] = {  # of the training and of the validation pictures
    "everything": (("both", "both"), ("both", "both")),
    "own-statistics": (("train", "train"), ("val", "val")),
    "from-validation": (("val", "val"), ("val", "val")),
    "untouched": (("train", "train"), (None, None)),
    "spread-leaks": (("train", "both"), ("train", "both")),
    "mean-leaks": (("both", "train"), ("both", "train")),
    "val-on-both": (("train", "train"), ("both", "both")),
    "not-divided": (("train", None), ("train", None)),
}


def is_scaled(
    part: Tensor, images: Tensor, scale: Sequence[Tensor | None], axes: Axes, correction: int
) -> bool:
    """Whether ``part`` is ``images`` minus the mean of one source, divided by the spread of one."""
    of_mean, of_spread = scale
    if of_mean is not None:
        images = images - of_mean.mean(axes)
    if of_spread is not None:
        images = images / of_spread.std(axes, correction=correction)
    return part.shape == images.shape and torch.allclose(part, images, atol=1e-3)
