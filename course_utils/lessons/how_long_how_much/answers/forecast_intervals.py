"""Intervals about a forecast of errors, the right one and wrong ones."""

from collections.abc import Callable
from functools import cache

import numpy as np

from course_utils.lessons.how_long_how_much.answers.label_curves import Forecasts, Rows

Z = 1.959964  # normal quantile that leaves out 5 %, half of it above
# Of forecasts (S,), sizes and errors: the ways from the middle to both ends, down and up.
Ways = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[float, float]]


@cache
def t_quantile(number: int, share: float = 0.975) -> float:
    """Student's t for the mean of so many numbers, which so large a share lies below."""
    from scipy.stats import t  # here, because it takes half a second to import

    return float(t.ppf(share, number - 1))


def z_quantile(number: int) -> float:
    """The same for very many."""
    return Z


def spread(
    number_of: Callable[[int], float] = t_quantile, ddof: int = 1, root: bool = True
) -> Ways:
    """So many standard errors of the mean over seeds, or deviations; one seed alone has none."""

    def ways(found: np.ndarray, *_: np.ndarray) -> tuple[float, float]:
        if len(found) == 1:
            return 0.0, 0.0
        error = float(found.std(ddof=ddof)) / (len(found) ** 0.5 if root else 1)
        half = number_of(len(found)) * error
        return half, half

    return ways


def spread_of_measured(found: np.ndarray, sizes: np.ndarray, errors: np.ndarray) -> tuple:
    """The same of the errors that were measured last."""
    return spread()(errors[:, -1])


def over_sizes(forecasts: Forecasts, rows: Rows, ways: Ways) -> Ways:
    """As if numbers of labels were repeats: of how far one curve misses the errors."""

    def misses(found: np.ndarray, sizes: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
        (row,) = rows(errors)
        at = [forecasts(sizes, row[None], size)[0] for size in sizes]
        return ways(row - np.array(at))

    return misses


def between(low: Callable[..., float], high: Callable[..., float]) -> Ways:
    """From one number of the forecasts to another."""
    return lambda found, *_: (found.mean() - low(found), high(found) - found.mean())
