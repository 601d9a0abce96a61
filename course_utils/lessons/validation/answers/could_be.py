"""Answer of ``could_be``: a search through all numbers of right answers."""

import math

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.validation.cases import accuracies
from course_utils.lessons.validation.exercises import observe_could_be


def could_be(accuracy: float, n: int) -> bool:
    """Whether some r / n is printed as ``accuracy``."""
    return any(f"{r / n:.4f}" == f"{accuracy:.4f}" for r in range(n + 1))


def lets_too_much_pass(difference: Difference) -> str | None:
    """Whether all possible accuracies pass, and others too if they are near enough to one.

    Near may be meant of shares, of shares as printed, or of numbers of right answers.
    """
    answers, cases = difference.observed["answers"], accuracies(difference.seed)
    pairs = list(zip(answers, cases, strict=True))
    if any(could_be(*case) and not answer for answer, case in pairs):
        return None
    for distance in (
        lambda a, n: min(abs(r / n - a) for r in range(n + 1)),
        lambda a, n: min(abs(round(r / n, 4) - a) for r in range(n + 1)),
        lambda a, n: abs(round(a * n) - a * n),
    ):
        passed = [distance(*case) for answer, case in pairs if answer]
        stopped = [distance(*case) for answer, case in pairs if not answer]
        if max(passed) < min(stopped, default=math.inf):
            return "tolerance-too-wide"
    return None


ANSWER = Table(
    observe_could_be,
    right=could_be,
    praise="All cases, easy and nasty, are as they should be.",
    wrong={
        "always-true": lambda a, n: True,
        "no-rounding": lambda a, n: (a * n).is_integer(),
        "rounds-down": lambda a, n: round(math.floor(a * n) / n, 4) == a,
        "whole-per-cents": lambda a, n: abs(round(100 * a) - 100 * a) < 1e-9,
    },
    messages={
        "always-true": "This never says no. 0.8453 of 80 would be 67.6 right.",
        "no-rounding": "Two thirds is printed as 0.6667; times 30 that is not whole, yet 20 of 30 "
        "is possible.",
        "rounds-down": "This rounds the number of right answers down. Was the print rounded down "
        "as well?",
        "whole-per-cents": "Accuracies need not be whole per cents: with n examples the steps are "
        "1 / n.",
        "tolerance-too-wide": "This lets too much pass. Four decimals are off by half of the last "
        "one at most.",
    },
    also=lets_too_much_pass,
    otherwise="{case[0]} of {case[1]}: write down the shares r / {case[1]} around it, and look "
    "again.",
    cases=accuracies,
)
