"""Answer of ``labels_saved``: two learning curves read sideways, on a log scale."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.feature_extraction.cases import learning_curves
from course_utils.lessons.feature_extraction.exercises import observe_labels_saved

Numbers = Sequence[float]


def height_at(few: int, sizes: Sequence[int], accuracies: Numbers) -> float:
    """The accuracy of a curve at one of its sizes."""
    return accuracies[sizes.index(few)]


def labels_at(height: float, sizes: Sequence[int], accuracies: Numbers) -> float:
    """Labels at which a curve is that high, straight on a log scale; an end point beyond it."""
    return float(np.exp(np.interp(height, accuracies, np.log(sizes))))


def needed(sizes: Sequence[int], letters: Numbers, pixels: Numbers, few: int) -> float:
    """Labels that pixels need, infinite if they never get there."""
    target = height_at(few, sizes, letters)
    return math.inf if target > pixels[-1] else labels_at(target, sizes, pixels)


def saved(sizes: Sequence[int], letters: Numbers, pixels: Numbers, few: int) -> float:
    """How many more labels pixels need."""
    return needed(sizes, letters, pixels, few) - few


def nearest_size(sizes: Sequence[int], letters: Numbers, pixels: Numbers, few: int) -> float:
    """How many more labels the next measured size has."""
    enough = 0.999 * needed(sizes, letters, pixels, few)
    return min(size for size in (*sizes, math.inf) if size >= enough) - few


def end_refused(*curves: Any) -> float:
    """The same, but infinite where pixels just get there."""
    sizes, letters, pixels, few = curves
    return math.inf if height_at(few, sizes, letters) >= pixels[-1] else saved(*curves)


def nothing_for_never(*curves: Any) -> float | None:
    """The same, but nothing where pixels never get there."""
    return number if math.isfinite(number := saved(*curves)) else None


def clamped_or_rounded(difference: Difference) -> str | None:
    """Whether there is any number where pixels never get there, or all numbers are rounded."""
    if difference.part == "beyond" and difference.found is not None:
        return "clamped" if math.isfinite(difference.found) else None
    part = difference.part
    if part not in ("between", "lost") or None in difference.observed[part]:
        return None
    truths = observe_labels_saved(saved, difference.seed)[part]
    pairs = list(zip(difference.observed[part], truths, strict=True))
    if any(all(is_rounded(*pair, 10**digits) for pair in pairs) for digits in range(3)):
        return "rounded"
    return None


def is_rounded(number: float, truth: float, parts: int) -> bool:
    """Whether a number is the next one above or below, in whole parts of 1."""
    if not abs(number - truth) < 1 / parts:
        return False
    return math.isclose(number * parts, round(number * parts), abs_tol=1e-4)


def case_of(difference: Difference) -> str:
    """The curves of the first wrong case."""
    before = {"between": 0, "beyond": 3, "at_end": 4, "lost": 5}[difference.part]
    sizes, *curves, few = learning_curves(difference.seed)[before + difference.place]
    letters, pixels = ([round(accuracy, 3) for accuracy in curve] for curve in curves)
    return f"With {sizes}, {letters}, {pixels} and few = {few}"


def where_nothing(difference: Difference) -> str:
    """For which curves nothing comes back, if that is wrong."""
    return f"{case_of(difference)} nothing comes back. " if difference.found is None else ""


def what_it_is_not(difference: Difference) -> str:
    """What to say of any other wrong answer."""
    if difference.found is None:
        return "Return a number for all curves."
    return f"{case_of(difference)} it is not {difference.found:.3g}."


ANSWER = Table(
    observe_labels_saved,
    right=saved,
    praise="Read sideways, on a log scale, and infinite where the curve never gets there.",
    opening=where_nothing,
    wrong={
        "accuracy-difference": lambda sizes, letters, pixels, few: (
            height_at(few, sizes, letters) - height_at(few, sizes, pixels)
        ),
        "not-subtracted": needed,
        "ratio": lambda *curves: needed(*curves) / curves[3],
        "nearest-size": nearest_size,
        "linear-scale": lambda sizes, letters, pixels, few: (
            float(np.interp(height_at(few, sizes, letters), pixels, sizes)) - few
        ),
        "still-logarithms": [
            lambda *curves: math.log(needed(*curves)) - curves[3],
            lambda *curves: math.log(needed(*curves) / curves[3]),
        ],
        "turned-round": lambda *curves: -saved(*curves),
        "swapped-curves": lambda sizes, letters, pixels, few: (
            labels_at(height_at(few, sizes, pixels), sizes, letters) - few
        ),
        "nothing-for-never": nothing_for_never,
        "end-refused": end_refused,
        "never-below-zero": lambda *curves: max(0, saved(*curves)),
        "sign-dropped": lambda *curves: abs(saved(*curves)),
        "infinite-for-less": lambda *curves: x if (x := saved(*curves)) >= 0 else math.inf,
    },
    messages={
        "accuracy-difference": "That is a gain in accuracy, not in labels.",
        "not-subtracted": "That is what pixels need; how many more is it?",
        "ratio": "That is how many times as many labels pixels need; how many more is it?",
        "nearest-size": "The curve gets there before that measured size.",
        "linear-scale": "You went straight in labels, not on their log scale.",
        "still-logarithms": "That is not in labels: the curve was read on a log scale, and a "
        "logarithm is left.",
        "turned-round": "How many more labels do pixels need? You say how many fewer.",
        "swapped-curves": "You look for the pixels' accuracy on the letters' curve. Which of the "
        "two is to be reached by the other?",
        "clamped": "Here the pixels' curve ends below the target. Beyond its end nothing was "
        "measured, so no number of labels is an answer.",
        "end-refused": "At the largest size the pixels just equal the target: they do get there.",
        "never-below-zero": "Here pixels get there with fewer labels than letters. Cut off at 0, "
        "the answer hides that.",
        "sign-dropped": "Here pixels get there with fewer labels than letters, and your answer "
        "says that they need as many more.",
        "infinite-for-less": "Here pixels are ahead at `few`: they did get there, with fewer "
        "labels. Infinity stands for never.",
        "rounded": "That is rounded. Between sizes the curve is read as it comes, fractions of "
        "labels included.",
        "nothing-for-never": "What is to be returned where pixels never get there? See the text.",
    },
    also=clamped_or_rounded,
    otherwise=what_it_is_not,
    atol=0,
    rtol=1e-3,
)
