"""Answer of ``compiling_pays``: after how many steps the time that compiling took is back."""

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.scaling_up.exercise_cases import Measured, measured_steps
from course_utils.lessons.scaling_up.exercises import observe_compiling_pays

Answer = Callable[[Measured, str], float]
Summed = Callable[[np.ndarray], float]  # up of seconds
Ways = tuple[np.ndarray, np.ndarray]  # seconds (R, S), plain and compiled


def of_layout(seconds: Measured, layout: str) -> Ways:
    """Both ways in the layout that is asked for."""
    return seconds[layout]["plain"], seconds[layout]["compiled"]


def other_layout(layout: str) -> str:
    """The one that is not asked for."""
    return {"channels first": "channels last", "channels last": "channels first"}[layout]


def across(plain_asked: bool, compiled_asked: bool) -> Callable[[Measured, str], Ways]:
    """Each way in the layout that is asked for, or in the other one."""

    def ways(seconds: Measured, layout: str) -> Ways:
        chosen = [layout if asked else other_layout(layout)
                  for asked in (plain_asked, compiled_asked)]  # fmt: skip
        return seconds[chosen[0]]["plain"], seconds[chosen[1]]["compiled"]

    return ways


def always(layout: str) -> Callable[[Measured, str], Ways]:
    """The plain way in one layout, whatever is asked for."""
    return lambda seconds, asked: (seconds[layout]["plain"], seconds[asked]["compiled"])


def paying(
    ways: Callable[[Measured, str], Ways] = of_layout,
    summed: Summed = np.median,
    later: Callable[[np.ndarray], np.ndarray] = lambda runs: runs[:, 1:],
    never: Callable[[float], float] = lambda steps: math.inf,
    given_back: Callable[[float, float], float] = lambda plain, compiled: plain - compiled,
) -> Answer:
    """The answer, right but for what is said.

    Args:
        ways: Which measurements.
        summed: Makes one number of those of several runs.
        later: Chooses the steps after the first.
        never: What to answer where a compiled step is no faster, by the quotient.
        given_back: Seconds a step, by those of a plain and of a compiled one.
    """

    def answer(seconds: Measured, layout: str) -> float:
        plain, compiled = ways(seconds, layout)
        extra = float(summed(compiled[:, 0]) - summed(plain[:, 0]))
        steps = [float(summed(later(runs))) for runs in (plain, compiled)]
        number = 1 + extra / given_back(*steps)
        return number if steps[1] < steps[0] else never(number)

    return answer


def at_once(number: float) -> Answer:
    """Without the first step: at once where a later step is faster."""

    def answer(seconds: Measured, layout: str) -> float:
        return number if math.isfinite(steps_until_it_pays(seconds, layout)) else math.inf

    return answer


def of_run(place: int) -> Callable[[Measured, str], Ways]:
    """Both ways in one run alone."""

    def ways(seconds: Measured, layout: str) -> Ways:
        plain, compiled = of_layout(seconds, layout)
        return plain[[place]], compiled[[place]]

    return ways


def ratio(seconds: Measured, layout: str) -> float:
    """How many times as fast a later step is."""
    plain, compiled = of_layout(seconds, layout)
    return float(np.median(plain[:, 1:]) / np.median(compiled[:, 1:]))


def extra_seconds(seconds: Measured, layout: str) -> float:
    """What compiling costs."""
    plain, compiled = of_layout(seconds, layout)
    return float(np.median(compiled[:, 0]) - np.median(plain[:, 0]))


def quotient(steps: float) -> float:
    """What comes out, below 0."""
    return steps


def in_layout(difference: Difference) -> str:
    """The first measurement that is wrong, in words."""
    seconds, layout = measured_steps(difference.seed)[difference.place]
    plain, compiled = of_layout(seconds, layout)
    numbers = [np.median(part) for runs in (plain, compiled) for part in (runs[:, 0], runs[:, 1:])]
    told = "{:.3f} s for the first plain step, then {:.4f} s; {:.2f} s compiled, then {:.4f} s"
    return (
        f"Medians, {layout}: {told.format(*numbers)}. The answer is {difference.truth:.0f}; yours "
        f"is {difference.found:.5g}."
    )


steps_until_it_pays = paying()
ANSWER = Table(
    observe_compiling_pays,
    right=steps_until_it_pays,
    praise="What compiling costs once, by what it gives back each time. With fewer steps it loses.",
    wrong={
        "first-step-left-out": [at_once(number) for number in (0.0, 1.0, 2.0)],
        "other-layout": [paying(ways) for ways in (
            across(False, True), across(True, False), across(False, False),
            always("channels first"), always("channels last"))],
        "one-run": [paying(of_run(place)) for place in (0, -1)],
        "loaded-runs": [paying(summed=np.mean), paying(summed=np.max)],
        "first-among-the-later": paying(summed=np.mean, later=lambda runs: runs),
        "below-0": paying(never=quotient),
        "always-pays": [paying(never=abs), paying(never=lambda steps: 0.0)],
        "by-a-whole-step": [paying(given_back=lambda plain, compiled: plain),
                            paying(given_back=lambda plain, compiled: compiled)],
        "a-ratio": [ratio, lambda *case: 1 / ratio(*case)],
        "in-seconds": extra_seconds,
    },
    messages={
        "first-step-left-out": "A later step is faster at once. But the first one took much "
        "longer: when is that time back?",
        "other-layout": "Seconds of the other layout are used here. Compare plain and compiled in "
        "the one that is asked for, or else the layout is what makes the difference.",
        "one-run": "One run alone decides here, and other programs ran during some. Take the "
        "median over all runs.",
        "loaded-runs": "Runs during which other programs ran count fully here: a mean follows "
        "them. A median does not.",
        "first-among-the-later": "The first step is taken into the mean of all. So its seconds "
        "seem to come again in each step.",
        "below-0": "Where a compiled step is no faster, nothing ever comes back. No number of "
        "steps below 0 says that: return math.inf.",
        "always-pays": "Where a compiled step is no faster, nothing ever comes back. Which number "
        "stands for never?",
        "by-a-whole-step": "Compiling is divided by the seconds of a whole step. What comes back "
        "in each step is only what it is faster by.",
        "a-ratio": "This is how many times as fast a step is. A number of steps is asked for.",
        "in-seconds": "These are the seconds that compiling costs. How many steps give them back?",
    },
    otherwise=in_layout,
    atol=0,
    rtol=0.02,
)  # fmt: skip
