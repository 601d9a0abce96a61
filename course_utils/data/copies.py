"""Copies among labelled pictures: found, and taken out so that each picture counts once."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.copies_found import Copies
from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS, LabelledImages
from course_utils.data.families import Family, connected, families_of, is_chain
from course_utils.data.likeness import find_likeness, minutes_to_look
from course_utils.data.streamed import StreamedImages


def find_copies(
    images: Tensor | StreamedImages,
    labels: Tensor,
    parts: Tensor | None = None,
    files: Sequence[str | Path] | None = None,
    *,
    class_names: Sequence[str] | None = None,
    look_near: bool | None = None,
    cache: Path | None = None,
) -> Copies:
    """Find what is alike among pictures, and decide what is done with it.

    Args:
        images: N pictures (N, C, H, W), uint8 or float32 from 0 to 1, or streamed.
        labels: (N,), int64.
        parts: (N,), int64, places in ``PARTS``; None where the split is still to be drawn.
        files: What to call the pictures; None for their numbers.
        class_names: K names; None for the labels.
        look_near: Whether to look for near copies; None for yes unless they are streamed.
        cache: File that keeps what is alike; its name must be another one once a picture changed.
    """
    is_streamed = isinstance(images, StreamedImages)
    look_near = not is_streamed if look_near is None else look_near
    likeness = find_likeness(images, look_near=look_near, cache=cache)
    equal, contradictory = _equal_families(likeness.same, labels, parts)
    near, chains = [], []
    if likeness.near is not None:
        near, chains = _near_families(likeness.near, labels, equal, contradictory)
    num_classes = int(labels.max()) + 1
    return Copies(
        labels=labels,
        parts=parts,
        names=_names(files, len(labels)),
        class_names=tuple(class_names or map(str, range(num_classes))),
        equal=tuple(equal),
        contradictory=tuple(contradictory),
        near=tuple(near),
        chains=tuple(chains),
        minutes=None if look_near else minutes_to_look(images),
    )


def keep_distinct(examples: LabelledImages, copies: Copies) -> LabelledImages:
    """The examples without their equal copies, with ``groups`` that say what is nearly alike.

    Raises:
        ValueError: If a class, or a class of a part, would have no picture left; it says which and
            what to do.
    """
    is_clear = torch.ones(len(examples), dtype=torch.bool)
    is_clear[[place for family in copies.contradictory for place in family]] = False
    parts = torch.zeros_like(examples.labels) if examples.parts is None else examples.parts
    for number in parts.unique().tolist():
        part = "" if examples.parts is None else f" in part {PARTS[number]}"
        inside = parts == number
        _refuse_emptied(
            examples,
            inside,
            is_clear,
            f"{part}: each is also in another class, and there is no telling which is right; "
            "remove the files that are wrong",
        )
        _refuse_emptied(
            examples,
            inside,
            copies.used,
            f"{part}: each is also in another part, and no score is worth anything on pictures "
            "that were learned from; let the workbook split all pictures anew by "
            "split_anew = True, or put other pictures there",
        )
    grouped = replace(examples, groups=copies.groups)
    return grouped if copies.used.all() else grouped[copies.used]


def _equal_families(
    same: Tensor, labels: Tensor, parts: Tensor | None
) -> tuple[list[Family], list[Family]]:
    """Equal pictures of one class, the one to use first, and those of several classes."""
    rank = torch.zeros_like(labels) if parts is None else -parts  # test first, then val
    equal, contradictory = [], []
    for family in families_of(same):
        is_clear = len(labels[list(family)].unique()) == 1
        ordered = tuple(sorted(family, key=lambda place: (int(rank[place]), place)))
        (equal if is_clear else contradictory).append(ordered)
    return equal, contradictory


def _near_families(
    pairs: Tensor, labels: Tensor, equal: Sequence[Family], contradictory: Sequence[Family]
) -> tuple[list[Family], list[Family]]:
    """Families of near copies among the pictures that are used, and chains that are too long."""
    place_used = torch.arange(len(labels))
    is_used = torch.ones(len(labels), dtype=torch.bool)
    for family in equal:
        place_used[list(family)] = family[0]
        is_used[list(family[1:])] = False
    for family in contradictory:
        is_used[list(family)] = False
    pairs = place_used[pairs]
    pairs = pairs[is_used[pairs].all(dim=1)]
    sizes = labels[is_used].bincount(minlength=int(labels.max()) + 1)
    near, chains = [], []
    for family in families_of(connected(pairs, len(labels))):
        (chains if is_chain(family, labels, sizes) else near).append(family)
    return near, chains


def _names(files: Sequence[str | Path] | None, num_pictures: int) -> tuple[str, ...]:
    """Paths from the folder that holds all ``files``, or numbers."""
    if files is None:
        return tuple(f"picture {number}" for number in range(num_pictures))
    paths = [Path(file) for file in files]
    root = Path(os.path.commonpath([path.parent for path in paths]))
    return tuple(path.relative_to(root).as_posix() for path in paths)


def _refuse_emptied(examples: LabelledImages, inside: Tensor, left: Tensor, why: str) -> None:
    """Refuse to go on where a class has pictures ``inside`` (N,), but none of those ``left``."""
    before, after = (
        examples.labels[some].bincount(minlength=examples.num_classes)
        for some in (inside, inside & left)
    )
    emptied = ((before > 0) & (after == 0)).nonzero().flatten().tolist()
    if emptied:
        names = listed([examples.class_names[label] for label in emptied])
        raise ValueError(f"no picture of class {names} would be left{why}")
