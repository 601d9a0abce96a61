"""Accuracies where some pictures belong together: the group, not the picture, is the unit."""

import numpy as np
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.examples import LabelledImages
from course_utils.data.plain_text import counted


def has_groups(examples: LabelledImages | BoxedPictures) -> bool:
    """Whether some pictures belong together; not where each is alone in its group."""
    return are_grouped(examples.groups)


def are_grouped(groups: Tensor | None) -> bool:
    """Whether some of ``groups`` (N,), a number for each picture, are the same."""
    return groups is not None and len(groups.unique()) < len(groups)


def count_groups(examples: LabelledImages | BoxedPictures) -> str:
    """Such as ``8 groups``; ``no groups`` where the pictures have none."""
    if not has_groups(examples):
        return "no groups"
    return counted(len(examples.groups.unique()), "group")


def units_of(examples: LabelledImages | BoxedPictures) -> Tensor | None:
    """Numbers (N,) of the groups, for whoever resamples; None where there are not two to draw."""
    if not has_groups(examples) or len(examples.groups.unique()) < 2:
        return None
    return examples.groups


def interval_over_groups(
    hits: np.ndarray, examples: LabelledImages, seed: int = 0, draws: int = 2000
) -> tuple[float, float] | None:
    """95 % interval of the accuracy from drawing whole groups; None where there are not two.

    With few groups it is too narrow, too: the groups that were not met are in none of the draws.

    Args:
        hits: (N,) bool, whether each example is answered rightly.
        examples: The N examples.
        seed: Of the draws.
        draws: How often as many groups as there are get drawn, with repetition.
    """
    units = units_of(examples)
    if units is None:
        return None
    place = units.unique(return_inverse=True)[1].numpy()
    right, number = np.bincount(place, weights=hits), np.bincount(place)  # (G,) each
    count = len(number)
    drawn = np.random.default_rng(seed).integers(count, size=(draws, count))
    low, high = np.quantile(right[drawn].sum(axis=1) / number[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def over_groups_text(hits: np.ndarray, examples: LabelledImages, seed: int = 0) -> str:
    """That interval in words, such as ``over 8 groups [0.912, 0.958]``."""
    ends = interval_over_groups(hits, examples, seed)
    if ends is None:
        return f"not over groups ({count_groups(examples)})"
    return f"over {count_groups(examples)} [{ends[0]:.3f}, {ends[1]:.3f}]"
