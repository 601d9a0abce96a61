"""What is labelled by a class, each once, and only classes large enough to be split."""

from collections import Counter
from collections.abc import Hashable, Sequence
from enum import Enum
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.examples import PARTS
from course_utils.data.families import connected

RANK = {"test": 0, "val": 1}  # of several that are equal that of the test is used


class Labelled(Protocol):
    """What has a class, such as a text or a sound, with its name and its part."""

    @property
    def label(self) -> str:
        """The name of its class."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def part(self) -> str:
        """One of train, val and test; empty where nothing says."""

    @property
    def group(self) -> str:
        """What it belongs together with; empty where it stands alone."""


One = TypeVar("One", bound=Labelled)


def without_copies(
    items: Sequence[One], keys: Sequence[Hashable], copy: Enum, two_classes: Enum
) -> tuple[list[One], list[Finding]]:
    """The items, each once; of equal ones under several labels none.

    Args:
        items: N items.
        keys: N keys, equal for those that are equal.
        copy: What it is called to equal another of the same class.
        two_classes: What it is called to equal one of another class.
    """
    families: dict[Hashable, list[int]] = {}
    for place, key in enumerate(keys):
        families.setdefault(key, []).append(place)
    gone, findings = set(), []
    for family in families.values():
        if len(family) == 1:
            continue
        first, *others = sorted(family, key=lambda at: (RANK.get(items[at].part, 2), at))
        is_copy = len({items[at].label for at in family}) == 1
        for at in others if is_copy else family:
            gone.add(at)
            other = items[first if at != first else others[0]]
            said = f"equals {other.name}" + ("" if is_copy else f", {other.label}")
            findings.append(Finding(copy if is_copy else two_classes, items[at].name, said))
    return [item for at, item in enumerate(items) if at not in gone], findings


def without_few(
    items: Sequence[One],
    names: Sequence[str],
    outcome: Enum,
    *,
    has_parts: bool,
    smallest: int | None = None,
) -> tuple[list[One], list[Finding]]:
    """The items without classes that are too small to be in every part that is drawn.

    Args:
        items: N items.
        names: K names of classes.
        outcome: What it is called to be too small.
        has_parts: Whether the parts of the data set are kept.
        smallest: Items that a class needs; None for as many as parts will be drawn.
    """
    own = {item.part for item in items} if has_parts else set()
    needed = len(PARTS) - len(own & set(RANK)) if smallest is None else smallest
    pool = Counter(item.label for item in items if item.part in ("", "train"))
    few = [name for name in names if pool[name] < needed]
    said = f"{needed} are needed to learn and draw from"
    findings = [Finding(outcome, label, f"{pool[label]}, and {said}") for label in sorted(few)]
    return [item for item in items if item.label not in few], findings


def join_groups_by_name(near: Tensor, items: Sequence[Labelled]) -> Tensor:
    """Numbers (N,) for what is nearly alike (N,) and for what has one ``group``, in steps."""
    pairs = [(number, place) for place, number in enumerate(near.tolist())]
    first: dict[str, int] = {}
    pairs += [
        (first.setdefault(item.group, place), place)
        for place, item in enumerate(items)
        if item.group
    ]
    return connected(torch.tensor(pairs), len(items))
