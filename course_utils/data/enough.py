"""Sizes that the data decide: asked for as soon as the split is known, before any work."""

from collections.abc import Mapping, Sequence

import torch

from course_utils.data.class_mix import count_classes
from course_utils.data.plain_text import counted
from course_utils.data.splits import Split


def check_enough(
    split: Split,
    *,
    labels: Mapping[str, int | Sequence[int]] | None = None,
    from_val: Mapping[str, int | Sequence[int]] | None = None,
    at_once: Mapping[str, int] | None = None,
) -> None:
    """Refuse sizes that the parts of ``split`` are too small for; say which class a part lacks.

    Args:
        split: Its test part is only counted.
        labels: Parameters by name that say how many labels per class are taken from the training
            part.
        from_val: Parameters by name that say how many pictures are taken from the validation part,
            where at least one must be left over.
        at_once: Parameters by name that say how many pictures pass through a network in train mode
            at once; batch norm needs two.

    Raises:
        ValueError: It names the parameter, what it asks for, and the most (or least) it can be.
    """
    counts = count_classes(split.train)
    _refuse_small(split, counts)
    smallest = int(counts.argmin())
    name, most = split.train.class_names[smallest], int(counts[smallest])
    for parameter, value in (labels or {}).items():
        said = f"class {name!r} has {counted(most, 'picture')} for training"
        _refuse_more(parameter, value, most, said, "labels")
    for parameter, value in (from_val or {}).items():
        said = f"of {len(split.val):,} validation pictures at least one must be left over"
        _refuse_more(parameter, value, len(split.val) - 1, said, "pictures")
    for parameter, value in (at_once or {}).items():
        if value < 2:
            raise ValueError(
                f"{parameter} must be at least 2, got {value}: batch norm in train mode cannot "
                "take one picture alone"
            )


def _refuse_small(split: Split, counts: torch.Tensor) -> None:
    parts = {"training": split.train, "validation": split.val, "test": split.test}
    for part, examples in parts.items():
        if len(examples) < 2:  # a comparison or a choice needs two
            raise ValueError(
                f"the {part} part has {counted(len(examples), 'picture')}, too few for any "
                "score; give it more"
            )
    names = split.train.class_names
    for label in (counts == 0).nonzero().flatten().tolist():
        raise ValueError(
            f"class {names[label]!r} has no pictures for training; add some or leave it out"
        )
    lacking = [names[k] for k in (count_classes(split.val) == 0).nonzero().flatten().tolist()]
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        print(
            f"The validation part has no pictures of {', '.join(map(repr, lacking[:3]))}{more}: "
            "what is chosen on it says nothing about them."
        )


def _refuse_more(
    parameter: str, value: int | Sequence[int], most: int, said: str, what: str
) -> None:
    asked = max(value) if isinstance(value, Sequence) else value
    if asked > most:
        raise ValueError(
            f"{parameter} asks for {asked:,} {what}, but {said}: "
            f"{parameter} can be at most {most:,}"
        )
