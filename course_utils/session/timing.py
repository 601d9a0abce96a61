"""Seconds of several ways to do the same work, measured evenly."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence


def in_turn(ways: Mapping[str, Callable[[], object]], rounds: int = 3) -> dict[str, list[float]]:
    """Seconds of each way, ``rounds`` times each, one after the other in every round.

    A first round of all is not counted: it sets up memory and warms the machine.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            start = time.perf_counter()
            work()
            duration = time.perf_counter() - start
            if number > 0:
                seconds[name].append(duration)
    return seconds


def spread_text(durations: Sequence[float]) -> str:
    """The median of some seconds with the shortest and the longest."""
    median, shortest, longest = statistics.median(durations), min(durations), max(durations)
    return f"{median:.3g} s [{shortest:.3g}, {longest:.3g}]"
