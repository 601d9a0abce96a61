"""Answer of ``two_accuracies``: the accuracy, and the one in which classes count the same."""

from collections.abc import Iterable

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
    return over(range(int(max(labels.max(), answers.max())) + 1), labels, answers)


def with_answered(labels: np.ndarray, answers: np.ndarray) -> Two:
    """A class without pictures counts as 0 if it was answered."""
    return over(np.union1d(labels, answers), labels, answers)


def over(numbers: Iterable[int], labels: np.ndarray, answers: np.ndarray) -> Two:
    """The mean over these classes."""
    found = [(answers[labels == k] == k).mean() if (labels == k).any() else 0.0 for k in numbers]
    return float((answers == labels).mean()), float(np.mean(found))


def by_answer(labels: np.ndarray, answers: np.ndarray) -> Two:
    """What an answer is worth, in place of what becomes of a class."""
    worth = [(labels[answers == k] == k).mean() for k in np.unique(answers)]
    return float((answers == labels).mean()), float(np.mean(worth))


def by_answer_of_all(labels: np.ndarray, answers: np.ndarray) -> Two:
    """The same, and 0 for a class that was never answered."""
    accuracy, worth = by_answer(labels, answers)
    times = len(np.unique(answers)) / len(np.union1d(labels, answers))
    return accuracy, worth * times


def median_class(labels: np.ndarray, answers: np.ndarray) -> Two:
    """The share in the middle."""
    return float((answers == labels).mean()), float(np.median(shares(labels, answers)))


def mistakes(labels: np.ndarray, answers: np.ndarray) -> Two:
    """Shares of wrong answers."""
    accuracy, balanced = two_accuracies(labels, answers)
    return 1 - accuracy, 1 - balanced


def worst_class(labels: np.ndarray, answers: np.ndarray) -> Two:
    """The least share in place of the mean."""
    return float((answers == labels).mean()), float(shares(labels, answers).min())


def where_it_differs(difference: Difference) -> str:
    """The example, written out if it is short."""
    labels, answers = answered_examples(difference.seed)[difference.place]
    short = f"true classes {labels} and answers {answers}"
    long = f"an example of {len(labels)} pictures of {len(np.unique(labels))} classes"
    example = short if len(labels) <= 10 else long
    return f"For {example} it should be {difference.truth}; yours is {difference.found}."


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
    praise="Whoever always names the commonest class gets its share of the pictures as the first "
    "number, and 1 / K as the second.",
    wrong={
        "another-order": swapped,
        "sizes-count-again": same_twice,
        "absent-classes": [with_absent, with_answered],
        "by-answer": [by_answer, by_answer_of_all],
        "median": median_class,
        "mistakes": mistakes,
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
        "median": "The share in the middle of the classes is their median; the mean is asked for.",
        "mistakes": "These are shares of mistakes. Return the shares of right answers.",
        "worst-class": "This is the share of the worst class; the mean of all is asked for.",
        "per-cent": "These are per cents. Return shares, from 0 to 1.",
        "rounded": "These numbers are rounded. Return them unrounded.",
    },
    also=only_rounded,
    otherwise=where_it_differs,
    rtol=0,
)
