"""Pictures with boxes that are there twice, and near copies among them."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.survey import UsedPicture
from course_utils.data.damaged_pictures import listed
from course_utils.data.families import families_of, groups_of_pairs
from course_utils.data.likeness import find_likeness
from course_utils.data.near_copies import find_near_pairs
from course_utils.data.plain_text import counted
from course_utils.data.streamed import StreamedImages

Used = TypeVar("Used")
SIDE = 64  # pixels at which near copies are looked for


def leave_out_copies(
    used: Sequence[Used], agree: Callable[[Used, Used], bool] | None = None
) -> tuple[list[Used], list[Finding]]:
    """The pictures without files that equal another's; of several, those for the test stay.

    Where two equal pictures do not ``agree``, one of them must be wrong, and none is used.

    Args:
        used: N pictures, each with its ``raw``.
        agree: Whether what is said of two equal pictures is equal; None to compare their boxes.
    """
    agree = agree or _same_boxes
    if not used:
        return [], []
    same = find_likeness(_files(used), look_near=False).same
    rank = {"test": 0, "val": 1}
    gone: set[int] = set()
    findings = []
    for family in families_of(same):
        first, *others = sorted(
            family, key=lambda place: (rank.get(used[place].raw.part, 2), place)
        )
        is_copy = all(agree(used[first], used[other]) for other in others)
        outcome = Outcome.COPY if is_copy else Outcome.DISAGREE
        for place in others if is_copy else family:
            gone.add(place)
            other = used[first if place != first else others[0]].raw.name
            findings.append(Finding(outcome, used[place].raw.name, f"equals {other}"))
    return [picture for place, picture in enumerate(used) if place not in gone], findings


def find_groups(used: Sequence[Used]) -> Tensor:
    """A number for each picture (N,), int64; near copies (other size, mirrored) share one.

    Where likeness joins too much to be copies, as among scans, each picture stands alone.
    """
    if len(used) < 2:
        return torch.arange(len(used))
    no_class = torch.zeros(len(used), dtype=torch.int64)
    return groups_of_pairs(find_near_pairs(_files(used)), no_class)


def describe_groups(groups: Tensor | None, used: Sequence[Used]) -> str:
    """What was found of near copies, in a sentence."""
    if groups is None:
        return "Near copies were not looked for; near_copies = True looks."
    families = families_of(groups)
    if not families:
        return f"No near copies among {len(used):,} pictures."
    shown = [" ~ ".join(used[place].raw.name for place in family[:2]) for family in families]
    return (
        f"{sum(map(len, families)):,} pictures are near copies of one another (other size or "
        f"compression, mirrored, cropped), in {counted(len(families), 'set')}: {listed(shown)}. A "
        "split keeps each set in one part."
    )


def _files(used: Sequence[Used]) -> StreamedImages:
    return StreamedImages([os.fspath(picture.raw.file) for picture in used], SIDE, 3)


def _same_boxes(one: UsedPicture, other: UsedPicture) -> bool:
    mine, theirs = (
        sorted(zip(picture.checked.labels, picture.checked.boxes.tolist(), strict=True))
        for picture in (one, other)
    )
    return mine == theirs and np.array_equal(one.size, other.size)
