"""The learner's guess before a result: kept, drawn beside the truth, and measured against it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.figures.axes import mark_guess
from course_utils.session import learner

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass
class Guess:
    """A number guessed before it is computed.

    Args:
        name: Short name of what is guessed, beginning with the number of the lesson.
        low: Smallest value of the scale.
        high: Largest value of the scale.
        common: A guess that many people make; drawn as long as the learner made none.
        unit: In words, such as ``"nats"``.
        log: Whether the scale is logarithmic: then twice too large is as far off as half.
        own: The learner's guess, None until there is one.

    Raises:
        ValueError: If the scale is empty, or ``common`` lies outside of it.
    """

    name: str
    low: float
    high: float
    common: float
    unit: str
    log: bool = False
    own: float | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(f"a scale needs low < high, above 0 if log: {self.low}, {self.high}")
        if not self.low <= self.common <= self.high:
            raise ValueError(f"common must be {self.low} to {self.high}, got {self.common}")

    @property
    def value(self) -> float:
        """The learner's guess, else the common one."""
        return self.common if self.own is None else self.own

    def distance(self, guessed: float, truth: float) -> float:
        """How far off a guess is, as a share of the scale, at most 1."""
        place = math.log if self.log else float
        ends = [min(max(number, self.low), self.high) for number in (guessed, truth)]
        off = abs(place(ends[0]) - place(ends[1]))
        return off / (place(self.high) - place(self.low))

    def take(self, own: float) -> None:
        """Take the learner's guess, and remember it unless its truth was seen before."""
        self.own = own
        if "truth" not in learner.remembered("guesses").get(self.name, {}):
            learner.keep("guesses", self.name, {"guess": own})

    def mark(self, ax: Axes, *, truth: float | None = None, along: str = "y") -> None:
        """Draw the guess, and the truth where it is one number.

        A remembered guess that meets its truth for the first time is remembered with it.
        """
        mark_guess(ax, self.value, truth=truth, along=along, own=self.own is not None)
        kept = learner.remembered("guesses").get(self.name, {"truth": None})
        if truth is not None and self.own is not None and "truth" not in kept:
            met = {
                "truth": float(truth),
                "off": self.distance(self.own, truth),
                "common_off": self.distance(self.common, truth),
            }
            learner.keep("guesses", self.name, {"guess": self.own} | met)
