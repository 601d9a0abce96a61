"""Exercises of lesson 05: claims, a leak, accuracies, a verdict, early stopping, a report."""

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.checking import VISIBLE_SEED, Observed, judge
from course_utils.exercises.feedback import Feedback, call, unanswered, wrong
from course_utils.lessons.validation.cases import accuracies, loss_curves, tables, two_sets, votes

HINTS = {
    "which_claims": (
        "Ask of each report: which pictures chose, which pictures scored, and are they the same?",
        "An interval counts examples that chance picked. How many different pictures were drawn?",
        "Two models on the same pictures are compared by the pictures on which they disagree. "
        "Is that number given?",
    ),
    "standardise": (
        "What is computed from pictures? Whatever is, is fitted, as weights are.",
        "Which pictures may take part in fitting, and which must not?",
        "Both parts need the same scale, or the model meets pictures unlike those it learnt from.",
    ),
    "could_be": (
        "Which numbers of right answers are there, with n examples? Few enough to try them all.",
        "A report prints four decimals. Round your shares as it does, before you compare.",
        "Compare two decimal numbers by their distance: it must be tiny, such as 1e-9.",
    ),
    "verdict": (
        "Only examples on which the models disagree are coins. How many are there, and how many "
        "fell to the rarer side?",
        "math.comb(d, i) counts the ways in which i of d coins fall to one side.",
        "Add up these ways for i from 0 to c, with c included; both sides count, so take p twice.",
    ),
    "stop_early": (
        "Walk through the validation losses and remember only one thing: where the lowest was.",
        "How many epochs ago was that? Compare it with the patience, after every epoch.",
        "Python counts from 0, the answer from 1. A loss equal to the lowest changes nothing.",
    ),
    "honest_report": (
        "Two questions, two data sets: validation answers which one, test answers how good.",
        "The mean of each row is a candidate's accuracy. argmax takes the first of equal ones.",
        "The interval stands for the examples behind the accuracy you report, and no others.",
        "Section 3 has Wilson's formula: compute its centre and its half width, then the two ends.",
    ),
}


def observe_which_claims(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The letters chosen, in lower case."""

    def letters() -> dict[str, str] | None:
        if not isinstance(answers, dict) or any(a is None or a is ... for a in answers.values()):
            return None
        return {str(key): str(answer).lower().strip(" \t\n().") for key, answer in answers.items()}

    observed = call(letters)
    if isinstance(observed, Feedback) and observed.status == "unanswered":
        return unanswered("Replace each ... by a letter in quotation marks, such as 'a'.")
    return observed


def observe_standardise(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Training and validation pictures as they were returned."""
    train, val = two_sets(seed)

    def two_parts(result: Any) -> dict[str, list] | Feedback:
        if not isinstance(result, tuple | list) or len(result) != 2:
            return wrong("Return two tensors: training pictures, then validation pictures.")
        parts = [torch.as_tensor(part).detach().float() for part in result]
        if {part.shape for part in parts} != {train.shape, val.shape}:
            return wrong("The shapes of the pictures changed; only their values should.")
        return {"train": parts[0].tolist(), "val": parts[1].tolist()}

    return call(_plain, two_parts, function, train.clone(), val.clone())


def observe_could_be(function: Callable[[float, int], Any], seed: int = VISIBLE_SEED) -> Observed:
    """Whether each accuracy was called possible."""
    return _answers(function, _true_or_false, accuracies(seed))


def observe_verdict(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The word for each table."""
    return _answers(function, _word, tables(seed))


def observe_stop_early(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The epoch kept of each pair of curves."""
    return _answers(function, _number, loss_curves(seed))


def observe_honest_report(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Index, accuracy and the ends of its interval, for each pair of votes."""
    return _answers(function, _four_numbers, votes(seed))


def _answers(
    function: Callable[..., Any], convert: Callable[[Any], Any], cases: Iterable[tuple]
) -> Observed:
    """What ``function`` answers to each case, as plain data; it may change its lists in place."""
    answers = []
    for case in cases:
        answer = call(_plain, convert, function, *copy.deepcopy(case))
        if isinstance(answer, Feedback):
            return answer
        answers.append(answer)
    return {"answers": answers}


def _plain(convert: Callable[[Any], Any], function: Callable[..., Any], *arguments: Any) -> Any:
    """The converted result; the marks of a stub stay as they are."""
    result = function(*arguments)
    return result if result is None or result is ... else convert(result)


def _true_or_false(result: Any) -> bool | Feedback:
    value = result
    if isinstance(result, Tensor | np.ndarray | np.generic) and math.prod(result.shape) == 1:
        value = result.item()
    if type(value) not in (bool, int, float) or value not in (0, 1):
        return _unwanted(result, "True or False is wanted")
    return bool(value)


def _word(result: Any) -> str | Feedback:
    if not isinstance(result, str):
        return _unwanted(result, "one of the two words, in quotation marks, is wanted")
    return str(result).strip().lower()


def _number(result: Any) -> float | Feedback:
    try:
        return float(result)
    except (TypeError, ValueError, RuntimeError):
        return _unwanted(result, "the number of an epoch is wanted")


def _four_numbers(result: Any) -> list[float] | Feedback:
    try:
        numbers = [float(part) for part in result]
    except (TypeError, ValueError, RuntimeError):
        return _unwanted(result, "four numbers are wanted: index, accuracy, low, high")
    if len(numbers) != 4:
        return wrong(f"Return four numbers: index, accuracy, low, high; yours are {len(numbers)}.")
    return numbers


def _unwanted(result: Any, wanted: str) -> Feedback:
    return wrong(f"Your function returns a {type(result).__name__}; {wanted}.", "another-type")


def check_which_claims(answers: Any, seed: int = VISIBLE_SEED) -> Feedback:
    """Check the letters chosen for the four reports."""
    return judge("validation", "which_claims", observe_which_claims(answers, seed), seed)


def check_standardise(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Feedback:
    """Check ``function(train_images, val_images)``: both on the scale of the training pictures."""
    return judge("validation", "standardise", observe_standardise(function, seed), seed)


def check_could_be(function: Callable[[float, int], Any], seed: int = VISIBLE_SEED) -> Feedback:
    """Check ``function(accuracy, n)`` on accuracies that are r / n, rounded, and on others."""
    return judge("validation", "could_be", observe_could_be(function, seed), seed)


def check_verdict(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Feedback:
    """Check ``function(both, only_a, only_b, neither)`` on tables of many kinds."""
    return judge("validation", "verdict", observe_verdict(function, seed), seed)


def check_stop_early(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Feedback:
    """Check ``function(train_losses, val_losses, patience)``: the epoch whose weights are kept."""
    return judge("validation", "stop_early", observe_stop_early(function, seed), seed)


def check_honest_report(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Feedback:
    """Check ``function(val_right, test_right)``: index, test accuracy and its interval's ends."""
    return judge("validation", "honest_report", observe_honest_report(function, seed), seed)
