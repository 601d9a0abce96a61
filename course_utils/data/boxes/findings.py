"""What the surveys of boxes and of maps have in common: findings by kind, parts, sentences."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, ClassVar

import numpy as np

from course_utils.data.boxes.outcomes import Finding, sum_up
from course_utils.data.examples import PARTS


class Findings:
    """What was found in a data set.

    Attributes:
        STOPS: Outcomes that stop the work.
        WHAT: What the examples are, in the plural.
        name: What it was asked for as.
        refusal: Why nothing of it can be used; empty if it can.
        used: The pictures that are used if work goes on, each with its ``raw`` and its ``size``.
        findings: All that is not plain.
        has_parts: Whether the data set's own parts are kept.
    """

    STOPS: ClassVar[Sequence[Enum]]
    WHAT: ClassVar[str] = "pictures"
    name: str
    refusal: str
    used: Sequence[Any]
    findings: Sequence[Finding]
    has_parts: bool

    def of(self, outcome: Enum) -> list[Finding]:
        """The findings of one kind."""
        return [finding for finding in self.findings if finding.outcome is outcome]

    def about(self, outcomes: Sequence[Enum]) -> Iterator[str]:
        """What was found of these kinds, a line each."""
        for outcome in outcomes:
            if found := self.of(outcome):
                yield sum_up(outcome, found)

    def lines_to_stop(self) -> list[str]:
        """What must be mended before work can start, in lines; none if it can."""
        return list(self.about(self.STOPS))

    @property
    def parts(self) -> tuple[str, ...]:
        """The data set's own parts that are kept, train first."""
        there = {picture.raw.part for picture in self.used}
        return tuple(part for part in PARTS if self.has_parts and part in there)

    def sizes(self) -> str:
        """How many pictures, and how large the smallest and the largest are, in a sentence."""
        if not self.used:
            return "Pictures: 0. "
        sizes = np.array([picture.size for picture in self.used])
        least, most = (sizes[sizes.prod(axis=1).argsort()[place]].tolist() for place in (0, -1))
        ends = " to ".join(f"{width}x{height}" for width, height in (least, most))
        return f"Pictures: {len(self.used):,}. Pixels, width x height: {ends}."

    def plan_of_parts(self) -> str:
        """Which parts are kept and which are drawn, in a sentence."""
        parts = self.parts
        if not parts:
            return f"The workbook splits the {self.WHAT} into training, validation and test."
        drawn = [part for part in PARTS if part not in parts]
        return f"The data set's own parts are kept: {', '.join(parts)}" + (
            f"; {' and '.join(drawn)} will be drawn from train." if drawn else "."
        )
