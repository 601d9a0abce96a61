"""Whole speakers dealt out to parts, so that each part has every class."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS
from course_utils.data.plain_text import counted

TRIES = 200  # orders of speakers, where the first one leaves a part without a class
NUMBERS = {1: "one part", 2: "two parts", 3: "three parts"}
WAYS_OUT = (
    "each part needs people of its own; record more, or leave group_by = None: the split is then "
    "by take, and the score holds for known voices only"
)


def deal_speakers(
    labels: Tensor,
    units: Tensor,
    fractions: Sequence[float],
    class_names: Sequence[str],
    generator: torch.Generator,
) -> Tensor:
    """The part of each sound (N,), int64, the same for all of a speaker.

    Speakers come in random order, large ones first, and each goes where most is missing, but that
    each part gets every class. Where that fails, other orders are tried.

    Args:
        labels: Classes of the sounds (N,).
        units: Numbers of their speakers (N,).
        fractions: For each part its share of the sounds; they sum to 1.
        class_names: K names.
        generator: Of random numbers.

    Raises:
        ValueError: If there are too few speakers, or no order was found; it says which class.
    """
    unit, counts = _count(labels, units, len(class_names))
    _refuse_few(counts, len(fractions), class_names)
    wanted = [share * len(labels) for share in fractions]
    for _ in range(TRIES):
        dealt = _deal(counts, wanted, generator)
        held = torch.stack([counts[dealt == part].sum(0) for part in range(len(fractions))])
        if (held > 0).all():
            return dealt[unit]
    lacking = [class_names[k] for k in (held == 0).any(0).nonzero().flatten().tolist()]
    raise ValueError(
        f"{len(counts):,} speakers were dealt out in {TRIES} ways, and in each a part lacks a "
        f"class, such as {listed(list(map(repr, lacking)))}: too few of them say it; have it said "
        "by more people, or leave the class out"
    )


def check_speakers(
    labels: Tensor, units: Tensor, parts: Tensor | None, class_names: Sequence[str]
) -> None:
    """Refuse speakers that are too few for the parts that will be drawn, before any work.

    Args:
        labels: Classes of the sounds (N,).
        units: Numbers of their speakers (N,).
        parts: (N,), places in ``PARTS``, where the data set brings them; None where it does not.
        class_names: K names.

    Raises:
        ValueError: If they are; it says how many there are, and the way out.
    """
    given = torch.zeros_like(labels) if parts is None else parts
    num_drawn = len(PARTS) - sum(bool((given == number).any()) for number in (1, 2))
    pool = given == 0
    _, counts = _count(labels[pool], units[pool], len(class_names))
    _refuse_few(counts, num_drawn, class_names)


def _count(labels: Tensor, units: Tensor, num_classes: int) -> tuple[Tensor, Tensor]:
    """Places of speakers (N,) from 0 to S - 1, and how often each says each class (S, K)."""
    names, place = units.unique(return_inverse=True)
    cells = (place * num_classes + labels).bincount(minlength=len(names) * num_classes)
    return place, cells.reshape(len(names), num_classes)


def _refuse_few(counts: Tensor, num_parts: int, class_names: Sequence[str]) -> None:
    """Refuse if speakers, or those of a class, are fewer than parts; counts are (S, K)."""
    made = NUMBERS[num_parts]
    if len(counts) < num_parts:
        raise ValueError(f"{counted(len(counts), 'speaker')} cannot make {made}: {WAYS_OUT}")
    spoken = (counts > 0).sum(0).tolist()
    few = [
        f"{name!r} is said by {counted(number, 'speaker')}"
        for name, number in zip(class_names, spoken, strict=True)
        if number < num_parts
    ]
    if few:
        raise ValueError(
            f"class {listed(few)}, too few for {made}, each of which needs every class by people "
            f"of its own; {WAYS_OUT.partition('; ')[2]}"
        )


def _deal(counts: Tensor, wanted: Sequence[float], generator: torch.Generator) -> Tensor:
    """A part for each speaker (S,): large ones first, each where most is missing.

    But where only as many are left to say a class as there are parts without it, one of these.
    """
    sizes, says = counts.sum(1), counts > 0  # (S,), (S, K)
    order = torch.randperm(len(sizes), generator=generator)
    order = order[sizes[order].argsort(descending=True, stable=True)]
    missing, dealt = list(wanted), torch.empty_like(sizes)
    lacks = torch.ones(len(missing), counts.shape[1], dtype=torch.bool)  # (P, K)
    left = says.sum(0)  # speakers to come who say a class (K,)
    for speaker in order.tolist():
        is_urgent = says[speaker] & (left <= lacks.sum(0))
        fills = (lacks & is_urgent).sum(1).tolist()
        part = max(range(len(missing)), key=lambda number: (fills[number], missing[number]))
        dealt[speaker] = part
        missing[part] -= int(sizes[speaker])
        lacks[part] &= ~says[speaker]
        left -= says[speaker].long()
    return dealt
