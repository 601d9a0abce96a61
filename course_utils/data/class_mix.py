"""How many pictures there are of each class, and what always naming the largest one would score."""

import torch

from course_utils.data.examples import LabelledImages, PictureFiles

UNBALANCED = 1.5  # times the pictures of the smallest class, above which the largest is too large


def count_classes(examples: LabelledImages | PictureFiles) -> torch.Tensor:
    """Examples of each class (K,), int64."""
    return torch.bincount(examples.labels, minlength=len(examples.class_names))


def largest_class(examples: LabelledImages) -> int:
    """The label that most examples have, the first of several."""
    return int(count_classes(examples).argmax())


def is_unbalanced(examples: LabelledImages | PictureFiles) -> bool:
    """Whether the largest class has more than 1.5 times the examples of the smallest.

    Then an accuracy alone says little: always naming the largest class may look like success.
    """
    counts = count_classes(examples)
    return bool(counts.max() > UNBALANCED * counts.min())


def class_weights(examples: LabelledImages) -> torch.Tensor:
    """How much each example counts (N,), mean 1, so that all classes count the same in sum."""
    counts = count_classes(examples)
    return len(examples) / (int((counts > 0).sum()) * counts[examples.labels].double())


def describe_mix(examples: LabelledImages) -> str:
    """How many pictures there are of each class, and whether the classes are unbalanced."""
    counts, names = count_classes(examples), examples.class_names
    least, most = int(counts.argmin()), int(counts.argmax())
    low, high = int(counts[least]), int(counts[most])
    said = f"{len(examples):,} pictures of {len(names)} classes"
    if low == high:
        return f"{said}, {low:,} of each"
    if not is_unbalanced(examples):
        return f"{said}, {low:,} to {high:,} of each"
    return f"{said}, unbalanced: from {low:,} ({names[least]}) to {high:,} ({names[most]})"
