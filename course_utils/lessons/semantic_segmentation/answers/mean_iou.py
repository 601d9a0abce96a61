"""Answer of ``mean_iou``: the mean over the classes that the truth or the prediction shows."""

from collections.abc import Callable

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.semantic_segmentation.exercise_cases import matrices
from course_utils.lessons.semantic_segmentation.exercises import observe_mean_iou

Below = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # of hits, true and found pixels
Answer = Callable[[np.ndarray], float]


def union(hits: np.ndarray, true: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Pixels in at least one of the two maps."""
    return true + found - hits


def shares(matrix: np.ndarray, below: Below = union, times: int = 1) -> np.ndarray:
    """Pixels in both maps, by what stands below the line, for each class; nan for 0 / 0."""
    hits = np.diagonal(matrix)
    with np.errstate(invalid="ignore"):
        return times * hits / below(hits, matrix.sum(axis=1), matrix.sum(axis=0))


def mean_iou(matrix: np.ndarray) -> float:
    """As it should be."""
    return float(np.nanmean(shares(matrix)))


def mean_with(absent: float, below: Below = union, times: int = 1) -> Answer:
    """The mean over all classes, in which 0 / 0 is taken for ``absent``."""
    return lambda matrix: float(np.nan_to_num(shares(matrix, below, times), nan=absent).mean())


def mean_over(below: Below, times: int = 1) -> list[Answer]:
    """Something else below the line; 0 / 0 is left out, or taken for 0."""
    left_out = lambda matrix: float(np.nanmean(shares(matrix, below, times)))  # noqa: E731
    return [left_out, mean_with(0, below, times)]


def over_some(chosen: Callable[[np.ndarray], np.ndarray]) -> Answer:
    """The mean over those classes that ``chosen`` says of the matrix, as bool."""
    return lambda matrix: float(np.nanmean(shares(matrix)[chosen(matrix)]))


def by_frequency(matrix: np.ndarray) -> float:
    """Each class counts by its true pixels."""
    return float(np.nan_to_num(shares(matrix)) @ matrix.sum(axis=1) / matrix.sum())


def all_in_one(matrix: np.ndarray) -> float:
    """Pixels of all classes added up before one is divided by the other."""
    hits = np.diagonal(matrix)
    return float(hits.sum() / union(hits, matrix.sum(axis=1), matrix.sum(axis=0)).sum())


def without_background(matrix: np.ndarray) -> float:
    """The mean over the other classes."""
    return float(np.nanmean(shares(matrix)[1:]))


def where_it_differs(difference: Difference) -> str:
    """The first matrix that is wrong."""
    (matrix,) = matrices(difference.seed)[difference.place]
    return (
        f"For {matrix.tolist()} it should be {difference.truth:.4f}; yours is "
        f"{difference.found:.4f}."
    )


ANSWER = Table(
    observe_mean_iou,
    right=mean_iou,
    praise="Each class counts the same, however few its pixels, and one that is nowhere not at "
    "all.",
    wrong={
        "accuracy": lambda matrix: float(matrix.trace() / matrix.sum()),
        "absent-as-0": mean_with(0),
        "absent-as-1": mean_with(1),
        "nan": mean_with(np.nan),
        "recall": mean_over(lambda hits, true, found: true),
        "precision": mean_over(lambda hits, true, found: found),
        "dice": [*mean_over(lambda hits, true, found: true + found, 2),
                 mean_with(1, lambda hits, true, found: true + found, 2)],
        "hits-twice": mean_over(lambda hits, true, found: true + found),
        "without-background": [
            without_background,
            lambda matrix: float(np.nan_to_num(shares(matrix)[1:]).mean()),
        ],
        "true-ones-only": over_some(lambda matrix: matrix.sum(axis=1) > 0),
        "found-ones-only": over_some(lambda matrix: matrix.sum(axis=0) > 0),
        "hit-ones-only": over_some(lambda matrix: np.diagonal(matrix) > 0),
        "by-frequency": by_frequency,
        "all-in-one": all_in_one,
        "per-cent": lambda matrix: 100 * mean_iou(matrix),
    },
    messages={
        "accuracy": "This is the pixel accuracy: all that is right, divided by all. Where most is "
        "background, it says little of the other classes.",
        "absent-as-0": "A class that is neither there nor predicted counts as 0 here. Nobody made "
        "a mistake with it: leave it out.",
        "absent-as-1": "A class that is neither there nor predicted counts as 1 here. Nobody found "
        "anything of it: leave it out.",
        "nan": "nan is what comes of 0 / 0, for a class that is neither there nor predicted. Leave "
        "it out before you take the mean.",
        "recall": "Below the line stand the true pixels of the class alone, so this is recall. "
        "Whoever paints a class over everything has a recall of 1.",
        "precision": "Below the line stand the predicted pixels of the class alone, so this is "
        "precision. What was missed costs nothing.",
        "dice": "This is the Dice score, twice the pixels in both maps by the sum of both. IoU has "
        "the union below the line.",
        "hits-twice": "Row and column together hold the pixels in both maps twice, so that perfect "
        "maps get 0.5. Take them away once.",
        "without-background": "Background is left out. It is class 0, and counts as the others do.",
        "true-ones-only": "A class is left out that is predicted and not there. It has an IoU of "
        "0, and that mistake must count.",
        "found-ones-only": "A class is left out that is there and never predicted. It has an IoU "
        "of 0, and missing it must count.",
        "hit-ones-only": "Classes with an IoU of 0 are left out. Leave out only those that neither "
        "the truth nor the prediction shows.",
        "by-frequency": "Each class counts by its number of pixels here, so background decides. In "
        "mean IoU each class counts the same.",
        "all-in-one": "The pixels of all classes are added up, and divided once. Take the IoU of "
        "each class first, then their mean.",
        "per-cent": "These are per cents. Return a share, from 0 to 1.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
