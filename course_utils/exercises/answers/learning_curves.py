"""Labels saved, read off two learning curves, and which wrong idea gives other numbers."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from course_utils.exercises.answers.frozen_parts import OTHER
from course_utils.exercises.learning_curves import Curves

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


def first_wrong(saved: Sequence[float], cases: Sequence[Curves]) -> int | None:
    """Place of the first number that is not what pixels need more; None if all are right."""
    for place, (number, curves) in enumerate(zip(saved, cases, strict=True)):
        needed, _ = _needed_and_target(curves)
        if not _is_close(number, needed - curves[3]):
            return place
    return None


def wrong_idea(saved: Sequence[float], cases: Sequence[Curves], place: int) -> str:
    """Name of the wrong idea behind numbers of which that at ``place`` is the first wrong one."""
    needed, target = _needed_and_target(cases[place])
    if math.isinf(needed):
        return "clamped" if math.isfinite(saved[place]) else OTHER
    if math.isinf(saved[place]) and target == cases[place][2][-1]:
        return "end-refused"
    for name, mistake in WRONG_READINGS.items():
        if _gives(mistake, saved, cases):
            return name
    return OTHER


def _gives(mistake: Reading, saved: Sequence[float], cases: Sequence[Curves]) -> bool:
    """Whether a wrong idea gives all numbers, where pixels get there between two sizes."""
    for number, curves in zip(saved, cases, strict=True):
        needed, target = _needed_and_target(curves)
        between = math.isfinite(needed) and target < curves[2][-1]
        if between and not _is_close(number, mistake(needed, target, curves)):
            return False
    return True


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


def _is_close(found: float, truth: float) -> bool:
    return math.isclose(found, truth, rel_tol=1e-3)
