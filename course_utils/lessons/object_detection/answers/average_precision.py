"""Answer of ``average_precision``: the area under the curve of precision over recall."""

from collections.abc import Sequence

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.object_detection.exercise_cases import ranked_hits
from course_utils.lessons.object_detection.exercises import observe_average_precision

Hits = Sequence[int | None]


def is_first(hits: Hits) -> np.ndarray:
    """Whether each box hits an object that none before it hit, bool."""
    return np.array([h is not None and h not in hits[:k] for k, h in enumerate(hits)], dtype=bool)


def is_any(hits: Hits) -> np.ndarray:
    """Whether each box hits an object, were it for the second time, bool."""
    return np.array([hit is not None for hit in hits], dtype=bool)


def precision(right: np.ndarray) -> np.ndarray:
    """Share of right boxes from the first to each."""
    return right.cumsum() / np.arange(1, len(right) + 1)


def best_from(values: np.ndarray) -> np.ndarray:
    """The highest value there or further down."""
    return np.maximum.accumulate(values[::-1])[::-1]


def area(right: np.ndarray, num_objects: float) -> float:
    """Under the curve made monotone."""
    return float(best_from(precision(right))[right].sum() / max(num_objects, 1))


def average_precision(hits: Hits, num_objects: int) -> float:
    """As it should be."""
    return area(is_first(hits), num_objects)


def not_monotone(hits: Hits, num_objects: int) -> float:
    """Takes the precision at each right box as it is."""
    right = is_first(hits)
    return float(precision(right)[right].sum() / num_objects)


def best_so_far(hits: Hits, num_objects: int) -> float:
    """The best precision before, in place of the best behind."""
    right = is_first(hits)
    return float(np.maximum.accumulate(precision(right))[right].sum() / num_objects)


def doubles_left_out(hits: Hits, num_objects: int) -> float:
    """Takes later hits of an object out of the list."""
    first = is_first(hits)
    right = first[first | ~is_any(hits)]
    return area(right, num_objects)


def share_of_right(hits: Hits, num_objects: int) -> float:
    """Right boxes among all boxes."""
    return float(is_first(hits).mean()) if len(hits) else 0.0


def mean_precision(hits: Hits, num_objects: int) -> float:
    """The mean over all boxes, wrong ones too."""
    return float(precision(is_first(hits)).mean()) if len(hits) else 0.0


def mean_best(hits: Hits, num_objects: int) -> float:
    """The mean over all boxes, after the curve was made monotone."""
    return float(best_from(precision(is_first(hits))).mean()) if len(hits) else 0.0


def trapezium(hits: Hits, num_objects: int) -> float:
    """Joins the points by straight lines, from precision 1 at recall 0."""
    right = is_first(hits)
    recalls = np.r_[0.0, right.cumsum() / num_objects]
    values = np.r_[1.0, precision(right)]
    return float((np.diff(recalls) * (values[1:] + values[:-1]) / 2).sum())


def trapezium_of_best(hits: Hits, num_objects: int) -> float:
    """The same with the curve made monotone."""
    right = is_first(hits)
    recalls = np.r_[0.0, right.cumsum() / num_objects]
    values = best_from(np.r_[1.0, precision(right)])
    return float((np.diff(recalls) * (values[1:] + values[:-1]) / 2).sum())


def sampled(hits: Hits, num_objects: int, levels: int = 101) -> float:
    """The mean at equally spaced levels of recall, as COCO (101) and the first VOC (11) have it."""
    right = is_first(hits)
    recalls, best = right.cumsum() / num_objects, best_from(precision(right))
    at_least = [best[recalls >= level - 1e-9] for level in np.linspace(0, 1, levels)]
    return float(np.mean([values[0] if len(values) else 0.0 for values in at_least]))


def where_it_differs(difference: Difference) -> str:
    """The first list that is wrong."""
    hits, num_objects = ranked_hits(difference.seed)[difference.place]
    return (
        f"For hits {hits} and {num_objects} objects it should be {difference.truth:.4f}; yours is "
        f"{difference.found:.4f}."
    )


ANSWER = Table(
    observe_average_precision,
    right=average_precision,
    praise="Order matters, doubles cost, and what was never found is counted as missed.",
    wrong={
        "share-right": [
            share_of_right,
            lambda hits, n: float(is_any(hits).mean()) if hits else 0.0,
        ],
        "share-found": lambda hits, n: float(is_first(hits).sum() / n),
        "doubles-count": [
            lambda hits, n: area(is_any(hits), n),
            lambda hits, n: float(precision(is_any(hits))[is_any(hits)].sum() / n),
        ],
        "doubles-left-out": doubles_left_out,
        "not-monotone": not_monotone,
        "best-so-far": best_so_far,
        "over-found": [
            lambda hits, n: area(is_first(hits), is_first(hits).sum()),
            lambda hits, n: not_monotone(hits, max(1, is_first(hits).sum())),
        ],
        "over-hits": lambda hits, n: area(is_first(hits), is_any(hits).sum()),
        "over-all-boxes": [mean_precision, mean_best],
        "straight-lines": [trapezium, trapezium_of_best],
        "at-levels": [sampled, lambda hits, n: sampled(hits, n, 11)],
        "per-cent": lambda hits, n: 100 * average_precision(hits, n),
    },
    messages={
        "share-right": "This is the share of boxes that are right. Their order has no say in it, "
        "nor has what was never found.",
        "share-found": "This is the recall at the end of the list. How many mistakes stand before "
        "the right boxes has no say in it.",
        "doubles-count": "The second box on an object counts as right here, too. An object can be "
        "found once; all later ones are mistakes.",
        "doubles-left-out": "Later boxes on an object are left out. They are mistakes, and cost "
        "precision.",
        "not-monotone": "The precision is taken as it stands. Where it is higher further down the "
        "list, that higher one counts.",
        "best-so-far": "Each precision is replaced by the best *before* it. Look further down the "
        "list, not up.",
        "over-found": "The sum is divided by the objects that were found. Those that were never "
        "found count, too.",
        "over-hits": "The sum is divided by the boxes that hit something. Divide it by the number "
        "of objects.",
        "over-all-boxes": "This is the mean over all boxes. Recall grows only at right ones, and "
        "by 1 / num_objects each time.",
        "straight-lines": "The points are joined by straight lines. The curve has steps: between "
        "two right boxes the precision is the one of the later.",
        "at-levels": "This reads the curve at equally spaced levels of recall, as the COCO rules "
        "do. Here the exact area is asked for.",
        "per-cent": "These are per cents. Return a share, from 0 to 1.",
    },
    otherwise=where_it_differs,
)
