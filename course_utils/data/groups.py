"""Groups of near copies: dealt out to one part of a split, drawn last, counted once."""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages


def deal_out(
    orders: Sequence[Tensor], sizes: Sequence[Sequence[int]], labels: Tensor, groups: Tensor | None
) -> Tensor:
    """The part of each example (N,), int64, the same for all of a group; -1 for those not dealt.

    Each class is dealt out in its order until each part has its size. A group goes where the first
    of its examples would, or, without room for it there, where most room is left. Large groups go
    first; what is left of the sizes is filled with small ones, so sizes are missed only where
    groups are too large to fit. Where groups become few, parts still empty come first.

    Args:
        orders: For each of K classes its places in random order.
        sizes: For each class, how many examples each part is to get; 0 in parts that get none.
        labels: Classes of all examples (N,).
        groups: Numbers of all examples (N,), or None where each stands alone.
    """
    parts = torch.full_like(labels, -1)
    for order, wanted in zip(orders, sizes, strict=True):
        parts[order] = torch.arange(len(wanted)).repeat_interleave(torch.tensor(wanted))
    if groups is None:
        return parts
    # As lists: a number of a list is at hand, one of a tensor takes microseconds.
    group_of, label_of, dealt = groups.tolist(), labels.tolist(), parts.tolist()
    units: dict[int, list[int]] = {}  # places of each group, in the order of dealing
    for place in torch.cat(list(orders)).tolist():
        units.setdefault(group_of[place], []).append(place)
    left = Counter(label_of[places[0]] for places in units.values())
    room = [list(wanted) for wanted in sizes]
    for places in sorted(units.values(), key=len, reverse=True):
        label, wish = label_of[places[0]], dealt[places[0]]
        counts = Counter(label_of[place] for place in places)
        open_parts = [part for part, size in enumerate(sizes[label]) if size]
        empty = [part for part in open_parts if room[label][part] == sizes[label][part]]
        choices = empty if len(empty) >= left[label] else open_parts
        left[label] -= 1
        if wish not in choices or any(room[k][wish] < count for k, count in counts.items()):
            wish = max(choices, key=lambda part: sum(room[k][part] for k in counts))
        for k, count in counts.items():
            room[k][wish] -= count
        for place in places:
            dealt[place] = wish
    return torch.tensor(dealt, dtype=parts.dtype)


def different_first(groups: Tensor | None, indices: Tensor) -> Tensor:
    """An order (M,) of ``indices`` (M,) in which all but the first of each group come last."""
    if groups is None:
        return torch.arange(len(indices))
    return is_repeat(groups[indices]).long().argsort(stable=True)


def one_of_each(examples: LabelledImages) -> LabelledImages:
    """The examples without near copies of earlier ones, for an interval of what is different."""
    return examples if examples.groups is None else examples[~is_repeat(examples.groups)]


def is_apart(examples: LabelledImages, *others: LabelledImages) -> Tensor:
    """Which examples have no near copy in ``others`` (N,), bool; all, where nobody looked."""
    seen = [other.groups for other in others if other.groups is not None]
    if examples.groups is None or not seen:
        return torch.ones(len(examples), dtype=torch.bool)
    return ~torch.isin(examples.groups, torch.cat(seen))


def apart_from(examples: LabelledImages, *others: LabelledImages) -> LabelledImages:
    """The examples that have no near copy in ``others``: for a score without such.

    Raises:
        ValueError: If all of them have one.
    """
    is_new = is_apart(examples, *others)
    if not is_new.any():
        raise ValueError(
            f"all {len(examples):,} pictures have near copies in another part, so none is left to "
            "score; let the workbook split all pictures anew by split_anew = True"
        )
    return examples if is_new.all() else examples[is_new]


def is_repeat(groups: Tensor) -> Tensor:
    """Whether a number of ``groups`` (M,) came up before (M,), bool."""
    first: dict[int, int] = {}
    numbers = enumerate(groups.tolist())
    repeats = [first.setdefault(number, place) != place for place, number in numbers]
    return torch.tensor(repeats, dtype=torch.bool)
