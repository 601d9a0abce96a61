"""Exercises of lesson 05: claims, a leak, confusions, a verdict, early stopping, a report."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, call, wrong
from course_utils.exercises.reading import answers_to, choices, of_another_type
from course_utils.lessons.validation.cases import loss_curves, matrices, tables, two_sets, votes


def observe_which_claims(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The letters chosen for the four reports."""
    return choices(answers, "PQRS", "abcde")


check_which_claims = Check(
    observe_which_claims,
    "Ask of each report: which pictures chose, which pictures scored, and are they the same?",
    "An interval counts examples that chance picked. How many different pictures were drawn?",
    "Two models on the same pictures are compared by the pictures on which they disagree. "
    "Is that number given?",
)


def observe_standardise(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What ``function(train_images, val_images)`` makes of both parts."""
    train, val = two_sets(seed)
    result = call(function, train.clone(), val.clone())
    return result if isinstance(result, Feedback) else call(_two_parts, result, train, val)


def _two_parts(result: Any, *wanted: Tensor) -> dict[str, list] | Feedback:
    if not isinstance(result, tuple | list) or len(result) != 2:
        return wrong("Return two tensors: training pictures, then validation pictures.")
    parts = [torch.as_tensor(part).detach().float() for part in result]
    if {part.shape for part in parts} != {part.shape for part in wanted}:
        return wrong("The shapes of the pictures changed; only their values should.")
    return {"parts": [part.tolist() for part in parts]}


check_standardise = Check(
    observe_standardise,
    "What is computed from pictures? Whatever is, is fitted, as weights are.",
    "Which pictures may take part in fitting, and which must not?",
    "Both parts need the same scale, or the model meets pictures unlike those it learned from.",
)


def observe_weakest_class(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Class, recall and precision by ``function(matrix)`` for each confusion matrix."""
    return answers_to(function, matrices(seed), _three_numbers)


def _three_numbers(result: Any) -> list[float] | Feedback:
    return _numbers(result, ("class", "recall", "precision"))


check_weakest_class = Check(
    observe_weakest_class,
    "Which numbers of the matrix are about the examples of class i? Which of them are right?",
    "The diagonal, matrix[i, i], divided by the sum of the row, is the recall of class i.",
    "argmin takes the first of equal ones. Precision goes down the column of that class.",
)


def observe_verdict(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The word of ``function(both, only_a, only_b, neither)`` for each table."""
    return answers_to(function, tables(seed), _word)


def _word(result: Any) -> str | Feedback:
    if not isinstance(result, str):
        return of_another_type(result, "one of the two words, in quotation marks, is wanted")
    return str(result).strip(" .!\n\t").lower()


check_verdict = Check(
    observe_verdict,
    "Only examples on which the models disagree are coins. How many are there, and how many "
    "fell to the rarer side?",
    "math.comb(d, i) counts the ways in which i of d coins fall to one side.",
    "Add up these ways for i from 0 to c, with c included; both sides count, so take p twice.",
)


def observe_stop_early(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The epoch that ``function(train_losses, val_losses, patience)`` keeps of each curve."""
    return answers_to(function, loss_curves(seed), _number)


def _number(result: Any) -> float | Feedback:
    try:
        return float(result)
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, "the number of an epoch is wanted")


check_stop_early = Check(
    observe_stop_early,
    "Walk through the validation losses and remember only one thing: where the lowest was.",
    "How many epochs ago was that? Compare it with the patience, after every epoch.",
    "Python counts from 0, the answer from 1. A loss equal to the lowest changes nothing.",
)


def observe_honest_report(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Index, accuracy and the ends of its interval by ``function(val_right, test_right)``."""
    found = answers_to(function, votes(seed), _four_numbers)
    if isinstance(found, Feedback):
        return found
    table = found["answers"]
    return {
        "index": [row[0] for row in table],
        "accuracy": [row[1] for row in table],
        "interval": [row[2:] for row in table],
    }


def _four_numbers(result: Any) -> list[float] | Feedback:
    return _numbers(result, ("index", "accuracy", "low", "high"))


def _numbers(result: Any, names: Sequence[str]) -> list[float] | Feedback:
    count, listed = len(names), ", ".join(names)
    try:
        numbers = [float(part) for part in result]
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, f"{count} numbers are wanted: {listed}")
    if len(numbers) != count:
        return wrong(f"Return {count} numbers: {listed}; yours are {len(numbers)}.")
    return numbers


check_honest_report = Check(
    observe_honest_report,
    "Two questions, two data sets: validation answers which one, test answers how good.",
    "The mean of each row is a candidate's accuracy. argmax takes the first of equal ones.",
    "The interval stands for the examples behind the accuracy you report, and no others.",
    "Section 3 has Wilson's formula: compute its centre and its half width, then the two ends.",
)
