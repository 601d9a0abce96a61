"""What is alike among labelled pictures, and how it is said."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS
from course_utils.data.families import Family
from course_utils.data.plain_text import counted


@dataclass(frozen=True)
class Copies:
    """What is alike among N labelled pictures, and what is done with it.

    Args:
        labels: (N,), int64.
        parts: (N,), int64, places in ``PARTS``; None where the pictures bring no parts.
        names: N names, such as files.
        class_names: K names.
        equal: Families of equal pictures; only the first of each is used.
        contradictory: Families of equal pictures under several labels; none is used.
        near: Families of near copies among the pictures that are used.
        chains: The same, where likeness joins too much of a class; nothing is done with them.
        minutes: About how many it would take to look for near copies; None where that was done.
    """

    labels: Tensor
    parts: Tensor | None
    names: tuple[str, ...]
    class_names: tuple[str, ...]
    equal: tuple[Family, ...]
    contradictory: tuple[Family, ...]
    near: tuple[Family, ...]
    chains: tuple[Family, ...]
    minutes: float | None = None

    @property
    def used(self) -> Tensor:
        """Which pictures are used (N,), bool."""
        left_out = [place for family in self.equal for place in family[1:]]
        left_out += [place for family in self.contradictory for place in family]
        used = torch.ones(len(self.labels), dtype=torch.bool)
        used[left_out] = False
        return used

    @property
    def groups(self) -> Tensor:
        """Numbers (N,), int64; used pictures with the same one belong into one part."""
        groups = torch.arange(len(self.labels))
        for family in self.near:
            groups[list(family)] = family[0]
        return groups

    def across(self, part: str) -> list[int]:
        """Places of the pictures in ``part`` that have a near copy in another of ``parts``."""
        if self.parts is None:
            return []
        split_up = [f for f in self.near if len(self.parts[list(f)].unique()) > 1]
        number = PARTS.index(part)
        return sorted(place for f in split_up for place in f if self.parts[place] == number)

    def lines(self) -> list[str]:
        """All of this in sentences, with at most five names in each."""
        said = (
            self._say_equal(),
            self._say_contradictory(),
            self._say_near(),
            self._say_across(),
            self._say_chains(),
            self._say_not_looked(),
        )
        return [line for line in said if line] or [f"No copies among {len(self.labels):,} pictures"]

    def _say_equal(self) -> str:
        if not self.equal:
            return ""
        num_others = sum(len(family) - 1 for family in self.equal)
        said = (
            f"Left out: {counted(num_others, 'equal picture')}, since each counts once "
            f"({int(self.used.sum()):,} are used): {self._listed(self.equal, ' = ')}"
        )
        parts = self.parts
        if parts is None or all(len(parts[list(f)].unique()) == 1 for f in self.equal):
            return said
        return f"{said}. Where several parts hold one, test keeps it, or else val"

    def _say_contradictory(self) -> str:
        if not self.contradictory:
            return ""
        return (
            f"In two classes, and used in none: {counted(len(self.contradictory), 'picture')}: "
            f"{self._listed(self.contradictory, ' = ')}. Remove the file that is wrong"
        )

    def _say_near(self) -> str:
        if not self.near:
            return ""
        said = (
            f"{sum(map(len, self.near)):,} pictures are near copies of one another (other size or "
            f"compression, mirrored, cropped), in {counted(len(self.near), 'set')}: "
            f"{self._listed(self.near, ' ~ ')}"
        )
        num_mixed = sum(len(self.labels[list(family)].unique()) > 1 for family in self.near)
        if num_mixed:
            said += f". In {num_mixed:,} of these sets the classes differ: look at them"
        return said if self.parts is not None else f"{said}. A split keeps them in one part"

    def _say_across(self) -> str:
        counts = {part: len(self.across(part)) for part in PARTS}
        if not any(counts.values()):
            return ""
        said = ", ".join(f"{count:,} in {part}" for part, count in counts.items() if count)
        return (
            f"Near copies in another part: {said}. They stay where they are; scores come with and "
            "without them"
        )

    def _say_chains(self) -> str:
        if not self.chains:
            return ""
        joined = self.labels[[place for family in self.chains for place in family]].bincount()
        sizes = self.labels[self.used].bincount()
        found = [
            f"{self.class_names[label]} ({int(joined[label]):,} of {int(sizes[label]):,} pictures)"
            for label in joined.nonzero().flatten().tolist()
        ]
        return (
            f"Likeness joins too much of a class to be copies: in class {listed(found)}. Look at "
            f"some: {self._listed(self.chains, ' ~ ')}. They count as different pictures"
        )

    def _say_not_looked(self) -> str:
        if self.minutes is None:
            return ""
        return (
            "Near copies were not looked for, since the pictures are read batch by batch; it would "
            f"take about {max(1, round(self.minutes)):,} minutes: near_copies = True"
        )

    def _listed(self, families: Sequence[Family], sign: str) -> str:
        """Five families at most, of each the first two names."""
        return listed([sign.join(self.names[place] for place in f[:2]) for f in families])
