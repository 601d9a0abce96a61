"""Answer of ``weakest_class``: rows of a confusion matrix are true classes, columns answers."""

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.validation.cases import matrices
from course_utils.lessons.validation.exercises import observe_weakest_class

Found = tuple[float, float, float]  # class, its recall, its precision


def shares(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision of each class."""
    right = np.diagonal(matrix)
    return right / matrix.sum(axis=1), right / matrix.sum(axis=0)


def weakest_class(matrix: np.ndarray, choose: Callable[[np.ndarray], int] | None = None) -> Found:
    """The class with the lowest recall, or the one that is chosen, its recall and precision."""
    recall, precision = shares(matrix)
    place = int(recall.argmin() if choose is None else choose(matrix))
    return place, float(recall[place]), float(precision[place])


def sides_swapped(matrix: np.ndarray) -> Found:
    """The same for a matrix whose rows are answers."""
    return weakest_class(matrix.T)


def most_mistakes(matrix: np.ndarray) -> int:
    """The class with most wrong answers to its examples."""
    return (matrix.sum(axis=1) - np.diagonal(matrix)).argmax()


def last_lowest(matrix: np.ndarray) -> int:
    """The last class with the lowest recall."""
    return len(matrix) - 1 - shares(matrix)[0][::-1].argmin()


def odds(k: int, matrix: np.ndarray) -> tuple[float, float]:
    """Right answers to wrong ones, along the row and down the column of class ``k``."""
    right = matrix[k, k]
    wholes = matrix[k].sum(), matrix[:, k].sum()
    return tuple(float(right / (n - right)) if n > right else math.inf for n in wholes)


def with_numbers(change: Callable[[int, float, float, np.ndarray], Found]) -> Callable[..., Found]:
    """The right class, and other numbers made of it."""
    return lambda matrix: change(*weakest_class(matrix), matrix)


def only_rounded(difference: Difference) -> str | None:
    """Whether all numbers are the right ones, but with three decimals or fewer."""
    given = np.array(difference.observed["answers"])
    right = [weakest_class(*case) for case in matrices(difference.seed)]
    for decimals in (1, 2, 3):
        is_short = np.allclose(given, given.round(decimals), rtol=0, atol=1e-9)
        if is_short and np.allclose(given, right, rtol=0, atol=0.51 * 10.0**-decimals):
            return "rounded"
    return None


def what_is_off(difference: Difference) -> str:
    """Where the first wrong answer leaves the right way."""
    (matrix,) = matrices(difference.seed)[difference.place]
    where = f"For {matrix.tolist()}: "
    found, wanted = difference.found, difference.truth
    if not math.isclose(found[0], wanted[0]):
        return where + "work out the recall of each class by hand."
    if not math.isclose(found[1], wanted[1], abs_tol=ANSWER.atol):
        return where + "the class is right. Which numbers are its examples, and which are right?"
    return where + "class and recall are right. Which answers name the class?"


ANSWER = Table(
    observe_weakest_class,
    right=weakest_class,
    praise="A row says what became of a class, a column what an answer is worth.",
    wrong={
        "sides-swapped": sides_swapped,
        "lowest-precision": lambda matrix: weakest_class(matrix, lambda m: shares(m)[1].argmin()),
        "fewest-right": lambda matrix: weakest_class(matrix, lambda m: np.diagonal(m).argmin()),
        "most-mistakes": lambda matrix: weakest_class(matrix, most_mistakes),
        "strongest": lambda matrix: weakest_class(matrix, lambda m: shares(m)[0].argmax()),
        "last-of-ties": lambda matrix: weakest_class(matrix, last_lowest),
        "counts-from-1": with_numbers(lambda k, recall, precision, m: (k + 1, recall, precision)),
        "another-order": [
            with_numbers(lambda k, recall, precision, m: (k, precision, recall)),
            with_numbers(lambda k, recall, precision, m: (recall, k, precision)),
            with_numbers(lambda k, recall, precision, m: (recall, precision, k)),
        ],
        "another-precision": with_numbers(
            lambda k, recall, precision, m: (k, recall, shares(m)[1].min())
        ),
        "shares-for-counts": with_numbers(
            lambda k, recall, precision, m: (k, recall, shares(m / m.sum(axis=1)[:, None])[1][k])
        ),
        "share-of-all": [
            with_numbers(lambda k, recall, precision, m: (k, m[k, k] / m.sum(), precision)),
            with_numbers(lambda k, recall, precision, m: (k, recall, m[k, k] / m.sum())),
            with_numbers(lambda k, recall, precision, m: (k, *2 * [m[k, k] / m.sum()])),
        ],
        "accuracy": [
            with_numbers(lambda k, recall, precision, m: (k, np.trace(m) / m.sum(), precision)),
            with_numbers(lambda k, recall, precision, m: (k, recall, np.trace(m) / m.sum())),
        ],
        "wrong-shares": [
            with_numbers(lambda k, recall, precision, m: (k, 1 - recall, 1 - precision)),
            with_numbers(lambda k, recall, precision, m: (k, 1 - recall, precision)),
        ],
        "row-twice": with_numbers(lambda k, recall, precision, m: (k, recall, recall)),
        "column-twice": with_numbers(lambda k, recall, precision, m: (k, precision, precision)),
        "without-right-ones": [
            with_numbers(lambda k, recall, precision, m: (k, *odds(k, m))),
            with_numbers(lambda k, recall, precision, m: (k, recall, odds(k, m)[1])),
            with_numbers(lambda k, recall, precision, m: (k, odds(k, m)[0], precision)),
        ],
        "per-cent": with_numbers(lambda k, *pair: (k, 100 * pair[0], 100 * pair[1])),
    },
    messages={
        "sides-swapped": "Here rows and columns are mixed up: a row holds all examples of a true "
        "class, a column all answers that name it.",
        "lowest-precision": "This looks for the lowest precision, along columns. Recall is asked "
        "for: what became of the examples of a class.",
        "fewest-right": "This takes the class with fewest right answers. It may only be a small "
        "class.",
        "most-mistakes": "This takes the class with most wrong answers. It may only be a large "
        "class.",
        "strongest": "This is the class that is recognised best.",
        "last-of-ties": "Of several classes with the lowest recall the first is asked for, and you "
        "take the last.",
        "counts-from-1": "Each class is one too large: the first row has number 0.",
        "another-order": "The numbers are right, but in another order: first the class, then its "
        "recall, along the row, then its precision, down the column.",
        "another-precision": "This precision is the lowest of all, and that of another class. All "
        "three numbers are about one class.",
        "shares-for-counts": "This adds up shares of rows. A column of shares forgets that classes "
        "differ in size: add up counts.",
        "share-of-all": "This divides by all examples. Recall asks about those of one class, "
        "precision about the answers that name it.",
        "accuracy": "This is the accuracy over all classes. Recall and precision are about one.",
        "wrong-shares": "These are shares of wrong answers; shares of right ones are asked for.",
        "row-twice": "The recall is right, and comes twice. Precision goes down the column.",
        "column-twice": "The precision is right, and comes twice. Recall goes along the row.",
        "without-right-ones": "This divides by the wrong answers. The whole is the full row, or "
        "the full column, with its right answers.",
        "per-cent": "These are per cents. Return shares, from 0 to 1.",
        "rounded": "These numbers are rounded. Return them unrounded: whoever prints them can "
        "still round.",
    },
    also=only_rounded,
    otherwise=what_is_off,
    cases=matrices,
    atol=1e-5,
    rtol=0,
)
