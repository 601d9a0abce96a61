"""What more labels would bring: errors at several sizes, carried on by a power law with a floor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEAST_POWER, MOST_POWER = 0.05, 2.0
LEAST_ERROR = 0.0005  # half a picture in a thousand, in place of no error: it has no logarithm
DRAWS = 200


@dataclass(frozen=True)
class Forecast:
    """Errors as ``scale * n ** -power + floor``, from 0 to 1, and one of them with its interval."""

    scale: float
    power: float
    floor: float
    size: int  # pictures to learn from, of the forecast
    error: float
    low: float
    high: float

    def at(self, sizes: ArrayLike) -> np.ndarray:
        """The errors of the curve."""
        return _curve(np.asarray(sizes, dtype=float), self.scale, self.power, self.floor)


def forecast_error(
    sizes: Sequence[int],
    wrong: ArrayLike,
    size: int,
    *,
    floor: bool = True,
    seed: int = 0,
    draws: int = DRAWS,
) -> Forecast:
    """The error to expect at ``size`` pictures to learn from, with a 95 % interval.

    A straight line through logarithms promises too much: errors do not fall for ever. The interval
    draws the judged pictures again and again, the same ones for all sizes, and fits each time. It
    does not cover that more pictures may be of another kind, or the curve of another form.

    Args:
        sizes: S numbers of pictures that were learned from, ascending, at least 3.
        wrong: (S, N) bool: whether each judged picture is answered wrongly after each size.
        size: To forecast, above ``sizes``.
        floor: Whether errors may end at a floor; without, the law is that straight line.
        seed: Of the draws.
        draws: How many.

    Raises:
        ValueError: If there are fewer than 3 sizes, or they do not rise, or the table does not fit.
    """
    table = np.asarray(wrong)
    if len(sizes) < 3 or list(sizes) != sorted(set(sizes)) or size <= sizes[-1]:
        raise ValueError(f"sizes must be 3 or more that rise to below {size}, got {list(sizes)}")
    if table.dtype != bool or table.ndim != 2 or len(table) != len(sizes) or table.shape[1] < 2:
        raise ValueError(f"wrong must be bool ({len(sizes)}, N), got {table.dtype} {table.shape}")
    generator, fit = np.random.default_rng(seed), _fit if floor else _fit_straight
    best = fit(np.asarray(sizes, dtype=float), table.mean(axis=1), table.shape[1])
    ends = []
    for _ in range(draws):
        drawn = generator.integers(table.shape[1], size=table.shape[1])
        errors = table[:, drawn].mean(axis=1)
        ends.append(_curve(float(size), *fit(np.asarray(sizes, float), errors, table.shape[1])))
    low, high = np.quantile(ends, [0.025, 0.975])
    error = float(_curve(float(size), *best))
    return Forecast(*best, size, error, min(float(low), error), max(float(high), error))


def _fit(sizes: np.ndarray, errors: np.ndarray, num_judged: int) -> tuple[float, float, float]:
    """Scale, power and floor, none negative, by least squares weighted by the errors' variances.

    For each power, the other two are a linear problem with bounds.
    """
    from scipy.optimize import nnls  # here: half a second to import

    smoothed = (errors * num_judged + 1) / (num_judged + 2)  # an error of 0 has a variance, too
    weights = np.sqrt(num_judged / (smoothed * (1 - smoothed)))
    best = None
    for power in np.geomspace(LEAST_POWER, MOST_POWER, 25):
        columns = np.stack([sizes**-power, np.ones_like(sizes)], axis=1)
        (scale, floor), rest = nnls(columns * weights[:, None], errors * weights)
        if best is None or rest < best[0]:
            best = rest, float(scale), float(power), float(floor)
    return best[1:]


def _fit_straight(
    sizes: np.ndarray, errors: np.ndarray, num_judged: int
) -> tuple[float, float, float]:
    """Scale and power of the straight line through the logarithms; its floor is 0."""
    slope, start = np.polyfit(np.log(sizes), np.log(np.maximum(errors, LEAST_ERROR)), 1)
    return float(np.exp(start)), float(-slope), 0.0


def _curve(sizes: np.ndarray | float, scale: float, power: float, floor: float) -> np.ndarray:
    return scale * sizes**-power + floor
