"""Exercises of lesson 07: a leak by twins, two accuracies, confusions, a temperature, a card."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, unanswered, wrong
from course_utils.exercises.reading import answers_to, choices, of_another_type
from course_utils.lessons.your_own_pictures.cases import (
    answered_examples,
    group_lists,
    logit_tables,
)

CARD_VERDICTS = (
    "may",
    "may not: these pictures chose the model",
    "may not: never tried there",
    "may not: seen before",
    "may not: no interval",
    "may not: interval too narrow",
)


def observe_twins(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The places that ``function(train_groups, test_groups)`` gives for each case."""
    return answers_to(function, group_lists(seed), _places)


def _places(result: Any) -> list | Feedback:
    if isinstance(result, int | np.integer):
        return wrong(
            "Return the places of these pictures, such as [0, 3], not how many there are.", "count"
        )
    if isinstance(result, str | dict) or not hasattr(result, "__iter__"):
        return of_another_type(result, "a list of places is wanted, such as [0, 3]")
    found = [each.item() if hasattr(each, "item") else each for each in result]
    if found and all(isinstance(each, bool) for each in found):
        return wrong("Return the places themselves, such as [0, 3], not True and False.", "mask")
    return sorted(found, key=str) if any(isinstance(e, str) for e in found) else sorted(found)


check_twins = Check(
    observe_twins,
    "A test picture leaks if its group, whatever the picture itself looks like, was learned from.",
    "`enumerate(test_groups)` gives the place and the group of each test picture.",
    "Make a set of the groups to learn from, and keep the places whose group is in it.",
)


def observe_two_accuracies(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Accuracy and balanced accuracy by ``function(labels, answers)`` for each case."""
    return answers_to(function, answered_examples(seed), _two_numbers)


def _two_numbers(result: Any) -> list[float] | Feedback:
    try:
        numbers = [float(part) for part in result]
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, "two numbers are wanted: accuracy, balanced accuracy")
    if len(numbers) != 2:
        return wrong(f"Return two numbers: accuracy, balanced accuracy; yours are {len(numbers)}.")
    return numbers


check_two_accuracies = Check(
    observe_two_accuracies,
    "The accuracy counts pictures. In the balanced one each class counts the same, however many "
    "pictures it has.",
    "For one class k: of the pictures with `labels == k`, which share is answered rightly?",
    "Take these shares for the classes that have pictures, `np.unique(labels)`, and their mean.",
)


def observe_confused(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The word for each statement about the matrix."""
    as_words = dict.fromkeys(("True", "yes"), "holds")
    as_words |= dict.fromkeys(("False", "no", "not"), "does not hold")
    return choices(answers, "PQRSTU", ("holds", "does not hold"), as_words)


check_confused = Check(
    observe_confused,
    "Along a row you read what became of a class, down a column what an answer is worth.",
    "Divide: counts of classes of different size cannot be compared.",
    "The balanced accuracy is the mean of the three shares on the diagonal, each of its own row.",
)


def observe_honest_temperature(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Temperature and loss that ``function`` gives for validation and test logits."""
    found = answers_to(function, logit_tables(seed), _two_numbers)
    if isinstance(found, Feedback):
        return found
    temperatures, losses = np.array(found["answers"]).T.tolist()
    return {"temperature": temperatures, "loss": losses}


check_honest_temperature = Check(
    observe_honest_temperature,
    "Two things are wrong: to which answers T is fitted, and what T does to logits.",
    "Fitting is choosing, and test pictures must not choose.",
    "A temperature divides. The loss that is reported is that of the test logits, divided by the "
    "T that validation found.",
)


def observe_model_card(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each sentence; the words after "may not:" are enough."""
    in_short = {word.removeprefix("may not: "): word for word in CARD_VERDICTS[1:]}
    if isinstance(answers, str):
        return unanswered("Keep the dictionary, and choose for each of its entries.")
    return choices(answers, "PQRSTUVW", CARD_VERDICTS, in_short)


check_model_card = Check(
    observe_model_card,
    "Ask of each sentence: on which pictures, did these choose the model, and had the network "
    "learned from them before?",
    "A card may say what was measured, with n and interval, on pictures that took no part, and "
    "what is not known. What it says must be about such pictures.",
    "Look at the intervals. 30 of 30 leave room for one mistake in nine. And pictures of one day "
    "resemble each other: which interval knows that?",
)
