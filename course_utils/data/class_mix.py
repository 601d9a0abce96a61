"""How many pictures there are of each class, and what always naming the largest one would score."""

import torch

from course_utils.data.examples import LabelledImages

UNBALANCED = 1.5  # times as many pictures of the largest class as of the smallest


def largest_class(examples: LabelledImages) -> int:
    """The label that most examples have, the first of several."""
    return int(_counts(examples).argmax())


def describe_mix(examples: LabelledImages) -> str:
    """How many pictures there are of each class, and whether the classes are unbalanced."""
    counts, names = _counts(examples), examples.class_names
    least, most = int(counts.argmin()), int(counts.argmax())
    low, high = int(counts[least]), int(counts[most])
    said = f"{len(examples):,} pictures of {len(names)} classes"
    if low == high:
        return f"{said}, {low:,} of each"
    if high < UNBALANCED * low:
        return f"{said}, {low:,} to {high:,} of each"
    return f"{said}, unbalanced: from {low:,} ({names[least]}) to {high:,} ({names[most]})"


def _counts(examples: LabelledImages) -> torch.Tensor:
    return torch.bincount(examples.labels, minlength=examples.num_classes)
