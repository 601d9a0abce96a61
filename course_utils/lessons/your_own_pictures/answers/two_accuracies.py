"""Answer of ``two_accuracies``: the accuracy, and the one in which classes count the same."""

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.your_own_pictures.cases import answered_examples
from course_utils.lessons.your_own_pictures.exercises import observe_two_accuracies

Two = tuple[float, float]


def shares(labels: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Right share of each class that has pictures."""
    return np.array([(answers[labels == k] == k).mean() for k in np.unique(labels)])


def two_accuracies(labels: np.ndarray, answers: np.ndarray) -> Two:
    """Share of right answers, and the mean of the classes' shares."""
    return float((answers == labels).mean()), float(shares(labels, answers).mean())


def swapped(labels: np.ndarray, answers: np.ndarray) -> Two:
    """In the other order."""
    return two_accuracies(labels, answers)[::-1]


def same_twice(labels: np.ndarray, answers: np.ndarray) -> Two:
    """Classes weighted by their size again."""
    accuracy = float((answers == labels).mean())
    return accuracy, accuracy


def with_absent(labels: np.ndarray, answers: np.ndarray) -> Two:
    """A class without pictures counts as 0."""
    numbers = range(int(max(labels.max(), answers.max())) + 1)
    found = [(answers[labels == k] == k).mean() if (labels == k).any() else 0.0 for k in numbers]
    return float((answers == labels).mean()), float(np.mean(found))


def by_answer(labels: np.ndarray, answers: np.ndarray) -> Two:
    """What an answer is worth, in place of what becomes of a class."""
    worth = [(labels[answers == k] == k).mean() for k in np.unique(answers)]
    return float((answers == labels).mean()), float(np.mean(worth))


def worst_class(labels: np.ndarray, answers: np.ndarray) -> Two:
    """The least share in place of the mean."""
    return float((answers == labels).mean()), float(shares(labels, answers).min())


def only_rounded(difference: Difference) -> str | None:
    """Whether all numbers are the right ones, but with three decimals or fewer."""
    given = np.array(difference.observed["answers"])
    right = [two_accuracies(*case) for case in answered_examples(difference.seed)]
    for decimals in (1, 2, 3):
        is_short = np.allclose(given, given.round(decimals), rtol=0, atol=1e-9)
        if is_short and np.allclose(given, right, rtol=0, atol=0.51 * 10.0**-decimals):
            return "rounded"
    return None


ANSWER = Table(
    observe_two_accuracies,
    right=two_accuracies,
    praise="Always naming the commonest class gives a high first number, and 1 / K as the second.",
    wrong={
        "another-order": swapped,
        "sizes-count-again": same_twice,
        "absent-classes": with_absent,
        "by-answer": by_answer,
        "worst-class": worst_class,
        "per-cent": lambda *case: tuple(100 * number for number in two_accuracies(*case)),
    },
    messages={
        "another-order": "Both numbers are right, in another order: accuracy first.",
        "sizes-count-again": "Both numbers are the accuracy: weighted by their sizes, the shares "
        "of the classes give it back. Let each class count once.",
        "absent-classes": "A class without any picture has no share, and must not count as 0.",
        "by-answer": "This asks what an answer is worth, down the columns. What became of the "
        "pictures of each class?",
        "worst-class": "This is the share of the worst class; the mean of all is asked for.",
        "per-cent": "These are per cents. Return shares, from 0 to 1.",
        "rounded": "These numbers are rounded. Return them unrounded.",
    },
    also=only_rounded,
    otherwise="For true classes {case[0]} and answers {case[1]} it should be {truth}; yours is "
    "{found}.",
    cases=answered_examples,
    rtol=0,
)
