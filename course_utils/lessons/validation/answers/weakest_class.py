"""Answer of ``weakest_class``: rows of a confusion matrix are true classes, columns answers."""

from collections.abc import Callable

import numpy as np

from course_utils.exercises.tables import Table
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


def with_numbers(change: Callable[[int, float, float, np.ndarray], Found]) -> Callable[..., Found]:
    """The right class, and other numbers made of it."""
    return lambda matrix: change(*weakest_class(matrix), matrix)


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
        "numbers-swapped": with_numbers(lambda k, recall, precision, m: (k, precision, recall)),
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
        "without-right-ones": with_numbers(
            lambda k, recall, precision, m: (
                k,
                m[k, k] / max(m[k].sum() - m[k, k], 1),
                m[k, k] / max(m[:, k].sum() - m[k, k], 1),
            )
        ),
        "per-cent": with_numbers(lambda k, *pair: (k, 100 * pair[0], 100 * pair[1])),
        "rounded": [
            with_numbers(lambda k, *pair, d=d: (k, round(pair[0], d), round(pair[1], d)))
            for d in (1, 2, 3)
        ],
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
        "numbers-swapped": "The class is right, its two numbers are swapped: first recall, along "
        "the row, then precision, down the column.",
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
    otherwise={
        "class": "Work out the recall of each class by hand for {case[0]}.",
        "recall": "The class is right, its recall is not. For {case[0]}: which numbers are its "
        "examples, and which of them are right?",
        "precision": "Class and recall are right, the precision is not. For {case[0]}: which "
        "answers name the class?",
    },
    cases=matrices,
    atol=1e-5,
    rtol=0,
)
