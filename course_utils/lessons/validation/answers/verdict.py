"""Answer of ``verdict``: the package's verdict on two models and the same examples."""

import math
from collections.abc import Callable
from functools import partial

import torch

from course_utils.evaluation.comparison import compare_models
from course_utils.exercises.tables import Table
from course_utils.lessons.validation.answers.honest_report import wald, wilson
from course_utils.lessons.validation.cases import tables
from course_utils.lessons.validation.exercises import observe_verdict


def verdict(both: int, a: int, b: int, neither: int) -> str:
    """The package's verdict on the examples behind a table."""
    rows = torch.tensor([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=torch.bool)
    examples = rows.repeat_interleave(torch.tensor([both, a, b, neither]), dim=0).numpy()
    return compare_models(examples[:, 0], examples[:, 1]).verdict


def tail(fewer: int, coins: int) -> float:
    """Chance that ``coins`` fair coins show heads at most ``fewer`` times."""
    return sum(math.comb(coins, i) for i in range(fewer + 1)) / 2**coins


def chi_square(a: int, b: int, correction: int = 0) -> float:
    """Without its correction, or with it."""
    return (abs(a - b) - correction) ** 2 / (a + b) if a + b else 0.0


def say(is_different: bool) -> str:
    """The verdict as a word."""
    return "different" if is_different else "cannot tell"


def unpaired(both: int, a: int, b: int, neither: int) -> str:
    """The verdict of a test that takes the two models' examples for different ones."""
    n = both + a + b + neither
    mean = (2 * both + a + b) / (2 * n)
    return say(abs(a - b) / n > 1.96 * math.sqrt(2 * mean * (1 - mean) / n))


def intervals_apart(
    both: int, a: int, b: int, neither: int, interval: Callable[..., tuple[float, float]]
) -> str:
    """The verdict of whoever looks whether the intervals of the two accuracies overlap."""
    n = both + a + b + neither
    lower, higher = (interval((both + only) / n, n) for only in sorted((a, b)))
    return say(lower[1] < higher[0])


ANSWER = Table(
    observe_verdict,
    right=verdict,
    praise="All cases, easy and nasty, are as they should be.",
    wrong={
        "always-different": lambda both, a, b, neither: say(a != b),
        "one-sided": lambda both, a, b, neither: say(tail(min(a, b), a + b) < 0.05),
        "without-c": lambda both, a, b, neither: say(2 * tail(min(a, b) - 1, a + b) < 0.05),
        "one-direction": lambda both, a, b, neither: say(a > b and 2 * tail(b, a + b) < 0.05),
        "only-a-for-c": lambda both, a, b, neither: say(2 * tail(a, a + b) < 0.05),
        "not-paired": unpaired,
        "intervals-overlap": [
            partial(intervals_apart, interval=interval) for interval in (wilson, wald)
        ],
        "upside-down": lambda both, a, b, neither: say(2 * tail(min(a, b), a + b) >= 0.05),
        "all-examples": lambda both, a, b, neither: say(
            2 * tail(min(a, b), both + a + b + neither) < 0.05
        ),
        "term-only": lambda both, a, b, neither: say(2 * math.comb(a + b, a) / 2 ** (a + b) < 0.05),
        "chi-square": lambda both, a, b, neither: say(chi_square(a, b) > 1.96**2),
        "chi-square-corrected": lambda both, a, b, neither: say(chi_square(a, b, 1) > 1.96**2),
    },
    messages={
        "always-different": "This says different whenever the scores differ. One coin more proves "
        "nothing.",
        "one-sided": "This counts one side only. Beforehand, either model could have been the "
        "better one.",
        "without-c": "The sum ends one too early: c itself belongs to it.",
        "one-direction": "This finds a difference only where A is the better one.",
        "only-a-for-c": "This finds a difference only where B is the better one. c is the rarer "
        "side, whichever it is.",
        "intervals-overlap": "This looks whether two intervals overlap. Each is about one model; "
        "on the same examples, the disagreements tell far more.",
        "not-paired": "This compares two accuracies as if each model had seen other examples.",
        "upside-down": "A small p speaks for a difference; with a large one, chance alone will do.",
        "all-examples": "Examples on which both agree are no coins: d counts the disagreements.",
        "term-only": "This is the chance of exactly this split. p takes in every split that is as "
        "uneven, or more so.",
        "chi-square": "Chi-square only comes near p, and with few coins not near enough. The "
        "exact p counts the ways in which the coins can fall.",
        "chi-square-corrected": "Even with its correction chi-square only comes near p. Here a "
        "verdict turns on the exact number, which counts the ways in which coins fall.",
    },
    otherwise="Work out p for both, only A, only B, neither = {case}.",
    cases=tables,
)
