"""Answers of lesson 05."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.evaluation import wilson_interval
from course_utils.exercises.answers.validation_errors import ERRORS
from course_utils.exercises.answers.validation_ideas import (
    CHOICES,
    INTERVALS,
    SCORES,
    SHARE_IDEAS,
    STOP_IDEAS,
    VERDICT_IDEAS,
    Ideas,
    epoch_kept,
    paired_verdict,
    share_is_possible,
)
from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.validation_cases import (
    Votes,
    accuracies,
    loss_curves,
    tables,
    two_sets,
    votes,
)

__all__ = ["ERRORS"]
CLAIMS = {"P": "b", "Q": "c", "R": "d", "S": "a"}
MISREADINGS = {  # of a report and a letter; any other mistake is called misread
    ("P", "a"): "best-on-test-is-honest",
    ("Q", "a"): "predictions-are-not-examples",
    ("R", "a"): "overlap-means-equal",
    ("S", "b"): "opened-once-is-no-choice",
}

Axes = tuple[int, ...]
ALL_AXES: Axes = (0, 1, 2, 3)
Scale = tuple[str | None, str | None]  # whose mean and whose spread
SCALES: dict[str, tuple[Scale, Scale]] = {  # of the training and of the validation pictures
    "everything": (("both", "both"), ("both", "both")),
    "own-statistics": (("train", "train"), ("val", "val")),
    "from-validation": (("val", "val"), ("val", "val")),
    "untouched": (("train", "train"), (None, None)),
    "spread-leaks": (("train", "both"), ("train", "both")),
    "mean-leaks": (("both", "train"), ("both", "train")),
    "val-on-both": (("train", "train"), ("both", "both")),
    "not-divided": (("train", None), ("train", None)),
}


def judge_which_claims(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the letters."""
    if set(observed) != set(CLAIMS):
        return wrong(f"Keep the four reports {', '.join(CLAIMS)}; set the letters.")
    for report, letter in CLAIMS.items():
        answer = observed[report]
        if answer == "e":
            return known_error(ERRORS["which_claims"], "small-is-no-mistake")
        if answer != letter:
            name = MISREADINGS.get((report, answer), f"misread-{report}")
            return known_error(ERRORS["which_claims"], name)
    return right("Who chose, who scored, how many examples: three questions find all of this.")


def judge_standardise(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with both parts on the scale of the training pictures, over all values or pixels."""
    answer = [torch.tensor(observed[part]) for part in ("train", "val")]
    pictures = two_sets(seed)
    sources = dict(zip(("train", "val"), pictures, strict=True)) | {"both": torch.cat(pictures)}

    def is_on(*scales: Scale, axes: Axes = ALL_AXES) -> bool:
        return any(
            all(
                _is_scaled(part, images, [sources.get(name) for name in scale], axes, correction)
                for part, images, scale in zip(answer, pictures, scales, strict=True)
            )
            for correction in (0, 1)
        )

    if is_on(*SCALES["everything"]):
        return unanswered("This is the function as it was given, or it does the same.")
    for axes in (ALL_AXES, (0,)):
        if is_on(("train", "train"), ("train", "train"), axes=axes):
            return right("Mean and spread are fitted on training pictures and applied to both.")
        for name, scales in SCALES.items():
            if is_on(*scales, axes=axes):
                return known_error(ERRORS["standardise"], name)
    return wrong("Subtract a mean, then divide by a standard deviation; the same two for both.")


def _is_scaled(
    part: Tensor, images: Tensor, scale: Sequence[Tensor | None], axes: Axes, correction: int
) -> bool:
    """Whether ``part`` is ``images`` minus the mean of one source, divided by the spread of one."""
    of_mean, of_spread = scale
    if of_mean is not None:
        images = images - of_mean.mean(axes)
    if of_spread is not None:
        images = images / of_spread.std(axes, correction=correction)
    return part.shape == images.shape and torch.allclose(part, images, atol=1e-3)


def judge_could_be(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with a search through all r."""
    return _judge_cases(
        "could_be",
        observed["answers"],
        accuracies(seed),
        share_is_possible,
        SHARE_IDEAS,
        lambda a, n: f"{a} of {n}: write down the shares r / {n} around it, and look again.",
    )


def judge_verdict(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with the package's verdicts."""
    return _judge_cases(
        "verdict",
        observed["answers"],
        tables(seed),
        paired_verdict,
        VERDICT_IDEAS,
        lambda *table: f"Work out p for both, only A, only B, neither = {table}.",
    )


def judge_stop_early(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with the epochs kept on curves that rise, tie, recover too late, or never rise."""
    return _judge_cases(
        "stop_early",
        observed["answers"],
        loss_curves(seed),
        lambda train, val, patience: epoch_kept(val, patience),
        STOP_IDEAS,
        lambda train, val, patience: f"Walk through losses {val} with patience {patience}.",
    )


def _judge_cases(
    exercise: str,
    answers: Sequence[Any],
    cases: Sequence[tuple],
    truth: Callable[..., Any],
    ideas: Ideas,
    tell: Callable[..., str],
) -> Feedback:
    """Compare answers on all ``cases`` with the truth, then with each known wrong idea."""
    expected = [truth(*case) for case in cases]
    if answers == expected:
        return right(f"All {len(cases)} cases, easy and nasty, are as they should be.")
    for name, idea in ideas.items():
        if answers == [idea(*case) for case in cases]:
            return known_error(ERRORS[exercise], name)
    pairs = zip(cases, answers, expected, strict=True)
    return wrong(next(tell(*case) for case, answer, best in pairs if answer != best))


def judge_honest_report(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare the choices, then the accuracies, then the intervals, each over all cases."""
    table = np.array(observed["answers"])  # index, accuracy, low and high of each case
    cases = votes(seed)
    best = [int(val.mean(axis=1).argmax()) for val, _ in cases]
    scores = [float(test[k].mean()) for (_, test), k in zip(cases, best, strict=True)]
    ends = [
        wilson_interval(int(test[k].sum()), test.shape[1])
        for (_, test), k in zip(cases, best, strict=True)
    ]
    stages = (
        (table[:, 0], best, CHOICES, [()] * len(cases)),
        (table[:, 1], scores, SCORES, [(k,) for k in best]),
        (table[:, 2:], ends, INTERVALS, [(score,) for score in scores]),
    )
    parts = ("index", "accuracy", "interval")
    for part, (given, truth, ideas, known) in zip(parts, stages, strict=True):
        if not _close(given, truth):
            return _name_wrong_report(part, given, truth, ideas, cases, known)
    return right("Validation chose, the test set scored, and the interval counts its examples.")


def _name_wrong_report(
    part: str,
    given: np.ndarray,
    truth: Sequence[Any],
    ideas: Ideas,
    cases: Sequence[Votes],
    known: Sequence[tuple],
) -> Feedback:
    for name, idea in ideas.items():
        if _close(given, [idea(*case, *more) for case, more in zip(cases, known, strict=True)]):
            return known_error(ERRORS["honest_report"], name)
    case = next(i for i, pair in enumerate(zip(given, truth, strict=True)) if not _close(*pair))
    (num_candidates, v), n = cases[case][0].shape, cases[case][1].shape[1]
    found = {
        "index": "this is not the first of the best on validation",
        "accuracy": "the index is right, but this is not that candidate's accuracy on test",
        "interval": "index and accuracy are right, the ends of the interval are not",
    }
    return wrong(f"K = {num_candidates}, v = {v}, {n} test examples: {found[part]}.")


def _close(given: Any, truth: Any) -> bool:
    return np.allclose(given, truth, rtol=0, atol=1e-4)
