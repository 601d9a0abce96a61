"""Answer of ``seconds_of_many``: seconds of a step, by the operations made and the bytes sent."""

from collections.abc import Callable, Sequence
from typing import Any

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.scaling_up.answers.step_seconds import (
    GIGABITS,
    LATENCY,
    SIZE,
    WEIGHTS,
    Part,
    Run,
    activations_of,
    largest_part,
    nothing,
    step,
)
from course_utils.lessons.scaling_up.exercise_cases import plans
from course_utils.lessons.scaling_up.exercises import observe_seconds_of_many

Answer = Callable[[Sequence[int], Run], tuple[list[float], list[float], float]]


def predicting(
    seconds_of: Part,
    times: Callable[[list[float], float], list[float]] = lambda found, one: [
        one / each for each in found
    ],
    best: Callable[[Sequence[int], list[float]], float] = lambda processes, found: processes[
        found.index(min(found))
    ],
) -> Answer:
    """The answer with these seconds; ``times`` is also given those of one process."""

    def answer(processes: Sequence[int], run: Run) -> tuple[list[float], list[float], float]:
        found = [seconds_of(number, run) for number in processes]
        return found, times(found, seconds_of(1, run)), best(processes, found)

    return answer


def by(*parts: Part) -> list[Answer]:
    """The answers with these seconds."""
    return [predicting(part) for part in parts]


def where_it_differs(difference: Difference) -> str:
    """The first run that is wrong."""
    processes, run = plans(difference.seed)[difference.place]
    of = f"{run[SIZE]:g} examples and {run[WEIGHTS]:,} weights, by {processes} processes"
    told: Any = {"seconds": "the seconds", "times": "the times as fast", "best": "the best number"}
    shown = [
        ", ".join(f"{each:.4g}" for each in (part if isinstance(part, list) else [part]))
        for part in (difference.truth, difference.found)
    ]
    return f"For {of}: {told[difference.part]} should be {shown[0]}; yours: {shown[1]}."


right_seconds = step()
ANSWER = Table(
    observe_seconds_of_many,
    right=predicting(right_seconds),
    praise="Computing becomes less with each process, and sending does not: so there is a best "
    "number.",
    wrong={
        "always-n-times": by(
            lambda number, run: step(examples=lambda _, run: run[SIZE])(1, run) / number,
            lambda number, run: right_seconds(number, run) / number,
        ),
        "nothing-sent": by(step(rounds=nothing, waits=nothing)),
        "whole-batch": by(step(examples=lambda number, run: run[SIZE])),
        "part-of-an-example": by(step(examples=lambda number, run: run[SIZE] / number)),
        "rounded-down": by(step(examples=lambda number, run: run[SIZE] // number)),
        "activations-sent": by(*(step(sent=activations_of(examples)) for examples in (
            largest_part, lambda number, run: run[SIZE], lambda number, run: 1))),
        "bits-as-bytes": by(step(speed=lambda number, run: run[GIGABITS] * 1e9)),
        "bytes-as-bits": by(step(speed=lambda number, run: run[GIGABITS] * 8e9)),
        "a-byte-each": by(*(step(sent=lambda number, run, k=k: k * run[WEIGHTS])
                            for k in (1, 2, 8))),
        "all-in-each-round": by(step(share=lambda number, run: 1.0)),
        "one-way": by(step(rounds=lambda number, run: number - 1,
                           waits=lambda number, run: (number - 1) * run[LATENCY])),
        "n-rounds": by(*(step(rounds=lambda number, run, k=k: k * number,
                              waits=lambda number, run, k=k: k * number * run[LATENCY])
                         for k in (1, 2))),
        "sent-once": by(*(step(rounds=lambda number, run, k=k: number * k * (number > 1),
                               waits=lambda number, run, k=k: run[LATENCY] * k * (number > 1))
                          for k in (1, 2))),
        "no-waiting": by(step(waits=nothing)),
        "waits-once": by(step(waits=lambda number, run: run[LATENCY]),
                         step(waits=lambda number, run: run[LATENCY] * (number > 1))),
        "at-the-same-time": by(step(joined=max)),
        "to-the-first": predicting(right_seconds, lambda found, one: [found[0] / s for s in found]),
        "turned-over": predicting(right_seconds, lambda found, one: [s / one for s in found]),
        "a-share-saved": predicting(right_seconds, lambda found, one: [1 - s / one for s in found]),
        "a-place": predicting(right_seconds, best=lambda _, found: found.index(min(found))),
        "the-most": predicting(right_seconds, best=lambda processes, _: max(processes)),
        "the-slowest": predicting(
            right_seconds, best=lambda processes, found: processes[found.index(max(found))]
        ),
    },
    messages={
        "always-n-times": "These are the seconds of one process, divided by N. What the processes "
        "send each other is not divided.",
        "nothing-sent": "The computing is right. But after it the processes must exchange their "
        "gradients, or each would train a network of its own.",
        "whole-batch": "Every process computes the whole batch here. They share it.",
        "part-of-an-example": "No process gets a part of an example. The slowest one has the batch "
        "size over N, rounded up.",
        "rounded-down": "Some examples are nobody's here. The step ends with the slowest process, "
        "which has one more.",
        "activations-sent": "What is kept on the way forward stays in its process. What is "
        "exchanged are gradients, one number for each weight.",
        "bits-as-bytes": "The link's speed is in bits, and the gradient in bytes: it is taken for "
        "eight times as fast as it is.",
        "bytes-as-bits": "A byte has eight bits, so fewer bytes than bits go through in a second.",
        "a-byte-each": "How many bytes has a float32? That many are sent for each weight.",
        "all-in-each-round": "The whole gradient is sent in each round. It is only 1/N of it.",
        "one-way": "After N - 1 rounds each process holds one share of the sum. They need as many "
        "again to hand the shares on.",
        "n-rounds": "There are N - 1 rounds to sum up, and N - 1 to hand on: with one process none "
        "at all.",
        "sent-once": "The whole gradient is sent in one piece. In a ring each process sends 1/N of "
        "it, 2 (N - 1) times.",
        "no-waiting": "Each message also costs seconds_per_message, however short it is.",
        "waits-once": "seconds_per_message is paid in every round, and with one process never.",
        "at-the-same-time": "The longer of the two is taken here. The exchange is to begin after "
        "all is computed, so both are added.",
        "to-the-first": "The seconds are right. times_as_fast is against one process, which need "
        "not be in the list.",
        "turned-over": "The seconds are right. Twice as fast is half the seconds: turn the ratio "
        "over.",
        "a-share-saved": "The seconds are right. This is the share of time saved: half the time is "
        "0.5 here, and 2 times as fast.",
        "a-place": "The rest is right. best is the number of processes, and not its place.",
        "the-most": "The rest is right. The most processes are not always the fastest: look at the "
        "seconds.",
        "the-slowest": "The rest is right. best has the fewest seconds, not the most.",
    },
    otherwise=where_it_differs,
    atol=1e-12,
    rtol=1e-4,
)  # fmt: skip
