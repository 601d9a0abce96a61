"""What a part of the benchmark hands back, and how two or more sides take turns."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple


class Spread(NamedTuple):
    """The middle and both ends of repeated measurements."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3g} [{self.low:.3g}, {self.high:.3g}]"


def spread(values: list[float]) -> Spread:
    """Median, smallest and largest of ``values``."""
    return Spread(median(values), min(values), max(values))


@dataclass(frozen=True)
class Comparison:
    """Two sides that did the same work in turn, one measurement of each per round.

    Args:
        part: Letter of the part.
        name: What was compared.
        unit: Of the measurements: ``"s"``, where less is better, or a rate, where more is.
        ours: The workbook's measurements, by round.
        other: Those of the other side, in the same rounds.
        other_name: The other side.
        goal: What the ratio is meant to reach; None where nothing was promised.
        note: What else the reader should know.
        axis: What the ratio is called in the figure.
    """

    part: str
    name: str
    unit: str
    ours: list[float]
    other: list[float]
    other_name: str
    goal: float | None = None
    note: str = ""
    axis: str = "times as fast"

    @property
    def ratios(self) -> list[float]:
        """How many times as fast ours is, by round: each with the turn beside it."""
        pairs = zip(self.ours, self.other, strict=True)
        if self.unit == "s":
            return [other / ours for ours, other in pairs]
        return [ours / other for ours, other in pairs]

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in every round or by the median; empty without a goal."""
        if self.goal is None:
            return ""
        ratio = spread(self.ratios)
        reached = "met in every round" if ratio.low >= self.goal else "met by the median"
        return f"at least {self.goal:.3g}: {reached if ratio.median >= self.goal else 'missed'}"


@dataclass(frozen=True)
class Reading:
    """Something measured that has no other side, such as an accuracy or the memory of a lesson."""

    part: str
    name: str
    unit: str
    values: list[float]
    at_most: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal is met by the median; empty without a goal."""
        if self.at_most is None:
            return ""
        is_met = median(self.values) <= self.at_most
        return f"at most {self.at_most:.3g}: {'met' if is_met else 'missed'} by the median"


@dataclass(frozen=True)
class Skipped:
    """Something that could not be measured here, and why."""

    part: str
    name: str
    reason: str


Result = Comparison | Reading | Skipped


def _nothing(result: Any) -> None:
    return None


@dataclass(frozen=True)
class Side:
    """One side of a comparison; only ``run`` is timed.

    Args:
        run: Takes what ``prepare`` made.
        prepare: Takes the number of the round.
        note: Takes what ``run`` gave; what it makes of it is kept beside the time.
    """

    run: Callable[[Any], Any]
    prepare: Callable[[int], Any] = _nothing
    note: Callable[[Any], Any] = _nothing


class Turn(NamedTuple):
    """One turn of one side."""

    seconds: float
    note: Any


def alternate(sides: Mapping[str, Side], rounds: int) -> dict[str, list[Turn]]:
    """Let the sides take turns, A B A B ..., so that what slows the machine slows both.

    Args:
        sides: In the order of their turns.
        rounds: Turns of each side.
    """
    turns: dict[str, list[Turn]] = {name: [] for name in sides}
    gc.freeze()  # what is there already need not be looked through at each turn
    try:
        for number in range(rounds):
            for name, side in sides.items():
                turns[name].append(_take_turn(side, number))
    finally:
        gc.unfreeze()
    return turns


def _take_turn(side: Side, number: int) -> Turn:
    prepared = side.prepare(number)
    gc.collect()  # no side pays for what the one before it left behind
    start = time.perf_counter()
    result = side.run(prepared)
    seconds = time.perf_counter() - start
    return Turn(seconds, side.note(result))


def seconds_of(turns: list[Turn]) -> list[float]:
    """The times alone, by round."""
    return [turn.seconds for turn in turns]
