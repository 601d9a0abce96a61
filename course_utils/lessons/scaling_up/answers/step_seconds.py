"""Seconds of a step of several processes, right or with one part of it changed.

Source: Patarasuk and Yuan, Bandwidth optimal all-reduce algorithms for clusters of workstations,
J. Parallel Distrib. Comput. 69 (2009), for the all-reduce in a ring and what is sent at least.
"""

import math
from collections.abc import Callable

from course_utils.lessons.scaling_up.exercise_cases import KEYS

Run = dict[str, float]
Part = Callable[[int, Run], float]  # of a number of processes and a run
SIZE, OPERATIONS, WEIGHTS, ACTIVATIONS, RATE, LATENCY, GIGABITS = KEYS


def largest_part(number: int, run: Run) -> float:
    """Examples of the process that has the most."""
    return math.ceil(run[SIZE] / number)


def all_weights(number: int, run: Run) -> float:
    """Bytes of one gradient."""
    return 4 * run[WEIGHTS]


def in_bytes(number: int, run: Run) -> float:
    """What the link carries in a second."""
    return run[GIGABITS] * 1e9 / 8


def there_and_back(number: int, run: Run) -> float:
    """Rounds of an all-reduce in a ring: gradients are summed, then handed on."""
    return 2 * (number - 1)


def a_share(number: int, run: Run) -> float:
    """Part of the gradient that a process sends in a round."""
    return 1 / number


def added(computing: float, sending: float) -> float:
    """One after the other."""
    return computing + sending


def step(
    *,
    examples: Part = largest_part,
    sent: Part = all_weights,
    speed: Part = in_bytes,
    rounds: Part = there_and_back,
    share: Part = a_share,
    waits: Part = lambda number, run: there_and_back(number, run) * run[LATENCY],
    joined: Callable[[float, float], float] = added,
) -> Part:
    """Seconds of a step, right but for what is said.

    Args:
        examples: Of one process.
        sent: Bytes of what the processes exchange.
        speed: Bytes a second of the link.
        rounds: Of the exchange.
        share: Of those bytes, for each round.
        waits: Seconds of all messages, however short.
        joined: Seconds of a step, by those of computing and of sending.
    """

    def seconds(number: int, run: Run) -> float:
        computing = examples(number, run) * run[OPERATIONS] / run[RATE]
        sending = rounds(number, run) * share(number, run) * sent(number, run) / speed(number, run)
        return joined(computing, waits(number, run) + sending)

    return seconds


def activations_of(examples: Part) -> Part:
    """Bytes of what the network keeps for so many examples."""
    return lambda number, run: 4 * run[ACTIVATIONS] * examples(number, run)


def nothing(number: int, run: Run) -> float:
    """Of what is left out."""
    return 0.0
