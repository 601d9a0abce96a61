"""Answer of ``honest_report``: validation chooses, the test set scores, Wilson's interval."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.validation.cases import votes
from course_utils.lessons.validation.exercises import observe_honest_report

Report = tuple[float, float, float, float]  # index, accuracy, and the ends of its interval


def wilson(
    accuracy: float, n: int, *, z: float = 1.96, width: float = 1.0, shifts: bool = True
) -> tuple[float, float]:
    """Wilson's interval by its formula; the options are known slips."""
    centre = (accuracy + z**2 / (2 * n)) / (1 + z**2 / n) if shifts else accuracy
    root = math.sqrt(accuracy * (1 - accuracy) / n + z**2 / (4 * n**2))
    half = width * z / (1 + z**2 / n) * root
    return centre - half, centre + half


def wald(accuracy: float, n: int) -> tuple[float, float]:
    """The usual interval."""
    half = 1.96 * math.sqrt(accuracy * (1 - accuracy) / n)
    return accuracy - half, accuracy + half


def _report(
    val: np.ndarray,
    test: np.ndarray,
    *,
    choose_on: np.ndarray | None = None,
    score_on: np.ndarray | None = None,
    n: int | None = None,
    interval: Callable[..., tuple[float, float]] = wilson,
    **slips: float,
) -> Report:
    """The honest report; the options are known slips."""
    index = int((val if choose_on is None else choose_on).mean(axis=1).argmax())
    accuracy = float((test if score_on is None else score_on)[index].mean())
    return index, accuracy, *interval(accuracy, n or test.shape[1], **slips)


def last_of_ties(val: np.ndarray, test: np.ndarray) -> Report:
    """A report on the last of the best candidates."""
    index, *rest = _report(val[::-1], test[::-1])
    return len(val) - 1 - index, *rest


def counted_from_1(val: np.ndarray, test: np.ndarray) -> Report:
    """The honest report with another number for its candidate."""
    index, *rest = _report(val, test)
    return index + 1, *rest


def best_on_test(val: np.ndarray, test: np.ndarray) -> Report:
    """The right candidate, and the accuracy of another."""
    return _report(val, test)[0], *_report(test, test)[1:]


def pooled(val: np.ndarray, test: np.ndarray) -> np.ndarray:
    """All answers of each candidate."""
    return np.concatenate([val, test], axis=1)


def mean_of_both(val: np.ndarray, test: np.ndarray) -> Report:
    """A report on the candidate whose two accuracies have the highest mean."""
    scores = val.mean(axis=1) + test.mean(axis=1)
    best = np.arange(len(scores)) == scores.argmax()
    return _report(val, test, choose_on=best[:, None])


def form_of_shares(difference: Difference) -> str | None:
    """Whether shares were given as per cents, or with three decimals or fewer.

    Where they are also wrong in a known way, that is named: the form must not hide it.
    """
    if difference.part == "index":
        return None
    given = _shares(difference.observed)
    is_per_cent = given.max(axis=0) > 1.5  # of each column
    shares = given / np.where(is_per_cent, 100, 1)
    columns = {"accuracy": [0], "interval": [1, 2]}[difference.part]
    rounding = _rounding_of(shares[:, columns])
    if not is_per_cent.any() and rounding == 0:
        return None
    form = "per-cent" if is_per_cent.any() else "rounded"
    honest = _shares(observe_honest_report(_report, difference.seed))

    def is_near(meant: np.ndarray, num_columns: int) -> bool:
        pair = shares[:, :num_columns], meant[:, :num_columns]
        return np.allclose(*pair, rtol=0, atol=rounding + ANSWER.atol)

    is_right_accuracy = is_near(honest, 1)
    known = {form: _report, **ANSWER.wrong}
    for name, answers in known.items():
        for answer in answers if isinstance(answers, list) else [answers]:
            meant = observe_honest_report(answer, difference.seed)
            same_choice = meant["index"] == difference.observed["index"]
            if same_choice and is_near(_shares(meant), 3 if is_right_accuracy else 1):
                return name
    return form if is_right_accuracy and difference.part == "accuracy" else None


def _shares(observed: Mapping[str, Any]) -> np.ndarray:
    """Accuracy and the two ends of its interval (N, 3), a row for each case."""
    return np.column_stack([observed["accuracy"], observed["interval"]])


def _rounding_of(shares: np.ndarray) -> float:
    """By how much shares were moved at most, if all have three decimals or fewer; else 0."""
    for decimals in (1, 2, 3):
        if np.allclose(shares, shares.round(decimals), rtol=0, atol=1e-9):
            return 0.51 * 10.0**-decimals
    return 0.0


WHERE = "K = {case[0].shape[0]}, v = {case[0].shape[1]}, {case[1].shape[1]} test examples: "

ANSWER = Table(
    observe_honest_report,
    right=_report,
    praise="Validation chose, the test set scored, and the interval counts its examples.",
    wrong={
        "selects-on-test": lambda val, test: _report(val, test, choose_on=test),
        "selects-on-everything": [
            lambda val, test: _report(val, test, choose_on=pooled(val, test)),
            mean_of_both,
        ],
        "last-of-ties": last_of_ties,
        "counts-from-1": counted_from_1,
        "validation-accuracy": lambda val, test: _report(val, test, score_on=val),
        "best-test-accuracy": best_on_test,
        "pooled-accuracy": lambda val, test: _report(val, test, score_on=pooled(val, test)),
        "n-of-validation": [
            lambda val, test: _report(val, test, n=val.shape[1]),
            lambda val, test: (*_report(val, test)[:2], *_report(val, val)[2:]),
        ],
        "n-of-candidates": [
            lambda val, test: _report(val, test, n=len(test)),
            lambda val, test: _report(val, test, n=len(test), interval=wald),
        ],
        "n-of-both": lambda val, test: _report(val, test, n=val.shape[1] + test.shape[1]),
        "n-of-all-candidates": lambda val, test: _report(val, test, n=test.size),
        "wald": lambda val, test: _report(val, test, interval=wald),
        "one-sided": lambda val, test: _report(val, test, z=1.645),
        "half-as-wide": lambda val, test: _report(val, test, width=0.5),
        "not-shifted": lambda val, test: _report(val, test, shifts=False),
    },
    messages={
        "selects-on-test": "The test set has chosen here, so its score flatters the winner. Which "
        "set may choose?",
        "selects-on-everything": "Test examples had a say in the choice: pooled with the others "
        "they choose too.",
        "last-of-ties": "Of several best candidates the first is asked for, and you take the last.",
        "counts-from-1": "Each index is one too large: the first row has number 0.",
        "validation-accuracy": "The choice is right, but its validation score is the score that "
        "won. It says too much.",
        "best-test-accuracy": "The index is right; the accuracy is the best on the test set, "
        "whoever has it. Report the candidate you chose.",
        "pooled-accuracy": "This accuracy mixes in the examples that chose the candidate, and "
        "they flatter it.",
        "n-of-validation": "The interval counts validation examples. Whose accuracy is it for?",
        "n-of-candidates": "The interval counts candidates: len(test_right) is the number of rows.",
        "n-of-both": "The interval counts the examples of both sets, and is too narrow.",
        "n-of-all-candidates": "The interval counts every answer of every candidate. Other "
        "candidates' answers are no more examples.",
        "wald": "This is the usual interval. With every answer right it has no width at all: see "
        "section 3.",
        "one-sided": "Too narrow, as with z = 1.645: that leaves out 5 % at each end, 10 % in all.",
        "half-as-wide": "The centre is right, and each end is half as far from it as it should be.",
        "not-shifted": "The width is right, but it lies around the accuracy itself. Where is the "
        "centre of Wilson's interval?",
        "per-cent": "These are per cents. Return shares, unrounded, from 0 to 1.",
        "rounded": "These numbers are rounded. Return them unrounded, from 0 to 1: whoever prints "
        "them can still round.",
    },
    also=form_of_shares,
    otherwise={
        "index": WHERE + "this is not the first of the best on validation.",
        "accuracy": WHERE
        + "the index is right, but this is not that candidate's accuracy on test.",
        "interval": WHERE + "index and accuracy are right, the ends of the interval are not.",
    },
    cases=votes,
    atol=1e-4,
    rtol=0,
)
