"""Labels saved, read off two learning curves, and which wrong idea gives other numbers."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from course_utils.lessons.feature_extraction.answers.frozen_parts import OTHER
from course_utils.lessons.feature_extraction.cases import Curves

NOTHING = "nothing-for-never"  # comes back where pixels never get there
# Of the labels that pixels need, the target accuracy, and the curves.
Reading = Callable[[float, float, Curves], float]
WRONG_READINGS: dict[str, Reading] = {
    "accuracy-difference": lambda needed, target, curves: target - _pixels_at_few(curves),
    "not-subtracted": lambda needed, target, curves: needed,
    "ratio": lambda needed, target, curves: needed / curves[3],
    "nearest-size": lambda needed, target, curves: (
        min(size for size in curves[0] if size >= needed * 0.999) - curves[3]
    ),
    "linear-scale": lambda needed, target, curves: (
        float(np.interp(target, curves[2], curves[0])) - curves[3]
    ),
    "swapped-curves": lambda needed, target, curves: (
        _labels_at(_pixels_at_few(curves), curves[0], curves[1]) - curves[3]
    ),
}


def first_wrong(saved: Sequence[float | None], cases: Sequence[Curves]) -> int | None:
    """Place of the first number that is not what pixels need more; None if all are right."""
    for place, (number, curves) in enumerate(zip(saved, cases, strict=True)):
        needed, _ = _needed_and_target(curves)
        if not _is_close(number, needed - curves[3]):
            return place
    return None


def wrong_idea(saved: Sequence[float | None], cases: Sequence[Curves], place: int) -> str:
    """Name of the wrong idea behind numbers of which that at ``place`` is the first wrong one."""
    needed, target = _needed_and_target(cases[place])
    if saved[place] is None:
        return NOTHING if math.isinf(needed) else OTHER
    if math.isinf(needed):
        return "clamped" if math.isfinite(saved[place]) else OTHER
    if math.isinf(saved[place]) and target == cases[place][2][-1]:
        return "end-refused"
    for name, mistake in WRONG_READINGS.items():
        if _gives(mistake, saved, cases):
            return name
    return "rounded" if _is_rounded(saved, cases) else OTHER


def _gives(mistake: Reading, saved: Sequence[float | None], cases: Sequence[Curves]) -> bool:
    """Whether a wrong idea gives all numbers, where pixels get there between two sizes."""
    return all(_is_close(number, mistake(*curves)) for number, *curves in _between(saved, cases))


def _is_rounded(saved: Sequence[float | None], cases: Sequence[Curves]) -> bool:
    """Whether all those numbers are the right ones, rounded to one number of digits."""
    pairs = [(n, needed - curves[3]) for n, needed, _, curves in _between(saved, cases)]
    return any(
        all(_rounds(number, truth, 10**digits) for number, truth in pairs) for digits in range(3)
    )


def _rounds(number: float | None, truth: float, parts: int) -> bool:
    """Whether a number is the next one above or below, in whole parts of 1."""
    if number is None or not abs(number - truth) < 1 / parts:
        return False
    return math.isclose(number * parts, round(number * parts), abs_tol=1e-4)


def _between(
    saved: Sequence[float | None], cases: Sequence[Curves]
) -> Iterator[tuple[float | None, float, float, Curves]]:
    """Numbers where pixels get there between two sizes; labels needed, target, and curves."""
    for number, curves in zip(saved, cases, strict=True):
        needed, target = _needed_and_target(curves)
        if math.isfinite(needed) and target < curves[2][-1]:
            yield number, needed, target, curves


def _needed_and_target(curves: Curves) -> tuple[float, float]:
    """Labels that pixels need, infinite if they never get there, and the accuracy to reach."""
    sizes, letters, pixels, few = curves
    target = letters[sizes.index(few)]
    return (math.inf if target > pixels[-1] else _labels_at(target, sizes, pixels)), target


def _labels_at(height: float, sizes: Sequence[int], accuracies: Sequence[float]) -> float:
    """Labels at which a curve is that high, straight on a log scale between its points."""
    return float(np.exp(np.interp(height, accuracies, np.log(sizes))))


def _pixels_at_few(curves: Curves) -> float:
    sizes, _, pixels, few = curves
    return pixels[sizes.index(few)]


def _is_close(found: float | None, truth: float) -> bool:
    return found is not None and math.isclose(found, truth, rel_tol=1e-3)
