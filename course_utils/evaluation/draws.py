"""How far a score over many pictures can be trusted: they are drawn anew, whole groups of them."""

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.evaluation.over_groups import are_grouped
from course_utils.evaluation.scores import SHARES

DRAWS = 1000  # they give the standard error to about 2 %


@dataclass(frozen=True)
class Draws:
    """Pictures drawn with repetition, as many as there are; whole groups where there are some.

    Args:
        weights: (1 + draws, N), int64, how often each picture was drawn; the first row is the
            pictures as they are.
        unit_of: (N,), int64, which unit each picture is in, from 0.
        num_units: Pictures or groups.
        unit: ``picture`` or ``group``.
    """

    weights: np.ndarray
    unit_of: np.ndarray
    num_units: int
    unit: str


def draw_units(num_pictures: int, groups: Tensor | None, seed: int, draws: int) -> Draws:
    """Draw as many pictures, or groups, as there are.

    Args:
        num_pictures: N.
        groups: (N,), int64; pictures with the same number are drawn together. None where nobody
            looked.
        seed: Of the draws.
        draws: How often.

    Raises:
        ValueError: If there are not two to draw, there are not N groups, or there are fewer than
            two draws.
    """
    if groups is not None and groups.shape != (num_pictures,):
        raise ValueError(
            f"{num_pictures} pictures need as many numbers of groups, got groups of shape "
            f"{tuple(groups.shape)}"
        )
    is_grouped = are_grouped(groups)
    numbers = groups.numpy() if is_grouped else np.arange(num_pictures)
    units, place = np.unique(numbers, return_inverse=True)
    unit = "group" if is_grouped else "picture"
    if len(units) < 2:
        raise ValueError(
            f"an interval over {unit}s needs at least 2 of them, got {len(units)}; give the test "
            "a larger share"
        )
    if draws < 2:
        raise ValueError(f"draws must be a whole number from 2, got {draws}")
    chances = np.full(len(units), 1 / len(units))
    weights = np.random.default_rng(seed).multinomial(len(units), chances, size=draws)
    as_they_are = np.ones_like(weights[:1])
    return Draws(np.concatenate([as_they_are, weights])[:, place], place, len(units), unit)


def standard_errors(scores: np.ndarray, num_units: ArrayLike) -> np.ndarray:
    """What a score of other pictures would differ by, from those of the draws.

    Draws from n units differ less than units do, by a share of (n - 1) / n of the variance.

    Args:
        scores: (..., 1 + draws); a draw whose score is nan is passed over.
        num_units: n, at least 2; one number, or (...) of them.
    """
    number = np.asarray(num_units)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where no draw has a score, there is none
        errors = np.nanstd(scores[..., 1:], axis=-1, ddof=1)
    return errors * np.sqrt(number / (number - 1))


def t_quantile(confidence: float, num_units: ArrayLike) -> np.ndarray:
    """How many standard errors an interval goes to either side.

    With few units the standard error is itself uncertain, as in a t test.

    Args:
        confidence: Of the interval.
        num_units: At least 2; one number, or (...) of them.
    """
    from scipy.stats import t as student_t  # here, because it takes half a second to import

    return student_t.ppf((1 + confidence) / 2, df=np.asarray(num_units) - 1)


def ends_of_shares(scores: np.ndarray, num_units: ArrayLike, confidence: float) -> np.ndarray:
    """Ends (..., 2) of the intervals of scores from 0 to 1; nan where there are not two units.

    Args:
        scores: (..., 1 + draws), the first on the pictures as they are.
        num_units: One number, or (...) of them.
        confidence: Of the intervals.
    """
    number = np.where(np.asarray(num_units) < 2, np.nan, num_units)
    half = t_quantile(confidence, number) * standard_errors(scores, number)
    score, (lowest, highest) = scores[..., 0], SHARES
    return np.stack([np.maximum(score - half, lowest), np.minimum(score + half, highest)], axis=-1)


def ends_text(ends: tuple[float, float]) -> str:
    """Such as ``[0.618, 0.684]``, or that there is none."""
    return "[no interval]" if math.isnan(ends[0]) else "[{:.3f}, {:.3f}]".format(*ends)
