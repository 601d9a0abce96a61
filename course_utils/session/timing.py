"""Seconds of several ways to do the same work, measured evenly."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch

from course_utils.session.devices import waiter


def in_turn(
    ways: Mapping[str, Callable[[], object]],
    rounds: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Seconds of each way, ``rounds`` times each, one after the other in every round.

    A first round of all is not counted: it sets up memory and warms the machine.

    Args:
        ways: What is timed, by name.
        rounds: How often each is.
        clock: Seconds so far, such as ``clock_of(device)``.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            start = clock()
            work()
            duration = clock() - start
            if number > 0:
                seconds[name].append(duration)
    return seconds


def clock_of(device: torch.device) -> Callable[[], float]:
    """A clock for work on ``device``.

    On a CPU it counts this process's own seconds, of all its threads together, so that what else
    the machine does hardly shows. On other devices it waits until they have done what they were
    told.
    """
    if device.type == "cpu":
        return time.process_time
    wait = waiter(device)

    def clock() -> float:
        wait()
        return time.perf_counter()

    return clock


@contextmanager
def one_thread() -> Iterator[None]:
    """A block in which torch computes on one thread, so that its CPU seconds are those of work.

    Several threads wait for one another, and the waiting counts.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def spread_text(durations: Sequence[float]) -> str:
    """The median of some seconds with the shortest and the longest."""
    median, shortest, longest = statistics.median(durations), min(durations), max(durations)
    return f"{median:.3g} s [{shortest:.3g}, {longest:.3g}]"
