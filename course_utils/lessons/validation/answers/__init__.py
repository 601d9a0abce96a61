"""Answers of lesson 05."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from course_utils.evaluation.scores import wilson_interval
from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.lessons.validation.answers.errors import ERRORS
from course_utils.lessons.validation.answers.ideas import (
    CHOICES,
    INTERVALS,
    SCORES,
    SHARE_IDEAS,
    STOP_IDEAS,
    VERDICT_IDEAS,
    Ideas,
    allows_too_much,
    epoch_kept,
    form_of_shares,
    paired_verdict,
    share_is_possible,
)
from course_utils.lessons.validation.answers.scales import ALL_AXES, SCALES, Axes, Scale, is_scaled
from course_utils.lessons.validation.cases import (
    Votes,
    accuracies,
    loss_curves,
    tables,
    two_sets,
    votes,
)

__all__ = ["ERRORS"]
LETTERS = ("a", "b", "c", "d", "e")
CLAIMS = {"P": "b", "Q": "c", "R": "d", "S": "a"}
MISREADINGS = {  # of a report and a letter; any other mistake is called misread
    ("P", "a"): "best-on-test-is-honest",
    ("Q", "a"): "predictions-are-not-examples",
    ("R", "a"): "overlap-means-equal",
    ("S", "b"): "opened-once-is-no-choice",
}


def judge_which_claims(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the letters."""
    if set(observed) != set(CLAIMS):
        return wrong(f"Keep the four reports {', '.join(CLAIMS)}; set the letters.")
    for report in CLAIMS:
        if observed[report] not in LETTERS:
            return wrong(f"Report {report}: write one letter, a to e.")
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
    if [part.shape for part in reversed(answer)] == [images.shape for images in pictures]:
        return known_error(ERRORS["standardise"], "swapped")
    sources = dict(zip(("train", "val"), pictures, strict=True)) | {"both": torch.cat(pictures)}

    def is_on(*scales: Scale, axes: Axes = ALL_AXES) -> bool:
        return any(
            all(
                is_scaled(part, images, [sources.get(name) for name in scale], axes, correction)
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


def judge_could_be(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with a search through all r."""
    answers, cases = observed["answers"], accuracies(seed)
    feedback = _judge_cases(
        "could_be",
        answers,
        cases,
        share_is_possible,
        SHARE_IDEAS,
        lambda a, n: f"{a} of {n}: write down the shares r / {n} around it, and look again.",
    )
    is_unnamed = feedback.status == "wrong" and feedback.misconception is None
    if is_unnamed and allows_too_much(answers, cases):  # whatever the tolerance is
        return known_error(ERRORS["could_be"], "tolerance-too-wide")
    return feedback


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
    form = form_of_shares(given, truth) if part != "index" else None
    if form is not None:
        return known_error(ERRORS["honest_report"], form)
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
