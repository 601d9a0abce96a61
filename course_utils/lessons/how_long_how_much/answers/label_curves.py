"""Errors carried on to more labels: by a power law with a floor, and by what others draw."""

from collections.abc import Callable

import numpy as np

LEAST_POWER, MOST_POWER = 0.05, 2.0
# Of sizes (K,), errors (S, K) and size: a forecast for each row, (S,).
Forecasts = Callable[[np.ndarray, np.ndarray, int], np.ndarray]
Rows = Callable[[np.ndarray], np.ndarray]  # which rows of the errors, or what is made of them


def curves(
    sizes: np.ndarray, errors: np.ndarray, step: float = 0.01, bounded: bool = True
) -> np.ndarray:
    """Scale, power and floor of each row, (S, 3): those with the least squared misses.

    For a power that is given this is a straight line against ``sizes**-power``. If it is
    ``bounded``, a floor that comes out below 0 is 0. Errors that fall have no scale below 0.
    """
    powers = np.arange(LEAST_POWER, MOST_POWER + step / 2, step)
    falls = sizes ** -powers[:, None]  # (P, K)
    centred = falls - falls.mean(axis=1, keepdims=True)
    scales = errors @ centred.T / (centred**2).sum(axis=1)  # (S, P)
    floors = errors.mean(axis=1, keepdims=True) - scales * falls.mean(axis=1)
    through_0 = errors @ falls.T / (falls**2).sum(axis=1)
    if bounded:
        scales, floors = np.where(floors < 0, through_0, scales), floors.clip(min=0)
    misses = scales[..., None] * falls + floors[..., None] - errors[:, None]
    best = (misses**2).sum(axis=2).argmin(axis=1)
    rows = np.arange(len(errors))
    return np.stack([scales[rows, best], powers[best], floors[rows, best]], axis=1)


def with_floor(step: float, bounded: bool = True) -> Forecasts:
    """As it should be, by powers that are so far apart."""

    def forecasts(sizes: np.ndarray, errors: np.ndarray, size: int) -> np.ndarray:
        scales, powers, floors = curves(sizes, errors, step, bounded).T
        return scales * float(size) ** -powers + floors

    return forecasts


def floors_alone(sizes: np.ndarray, errors: np.ndarray, size: int) -> np.ndarray:
    """What the errors would fall to with labels without end."""
    return curves(sizes, errors)[:, 2]


def by_logarithms(sizes: np.ndarray, errors: np.ndarray, size: int) -> np.ndarray:
    """Curves with a floor that miss the logarithms of the errors least."""
    from scipy.optimize import least_squares  # here, because it takes half a second to import

    found = []
    for row, start in zip(errors, curves(sizes, errors), strict=True):
        best = least_squares(
            lambda curve, row=row: np.log(curve[0] * sizes ** -curve[1] + curve[2]) - np.log(row),
            start.clip(min=1e-6),
            bounds=([0, LEAST_POWER, 0], [np.inf, MOST_POWER, 1]),
            x_scale="jac",
        )
        found.append(best.x[0] * float(size) ** -best.x[1] + best.x[2])
    return np.array(found)


def straight(*, sizes_in_logs: bool, errors_in_logs: bool) -> Forecasts:
    """Straight lines, carried on."""

    def forecasts(sizes: np.ndarray, errors: np.ndarray, size: int) -> np.ndarray:
        x, at = (np.log(sizes), np.log(size)) if sizes_in_logs else (sizes, size)
        slopes, starts = np.polyfit(x, (np.log(errors) if errors_in_logs else errors).T, 1)
        found = starts + slopes * at
        return np.exp(found) if errors_in_logs else found

    return forecasts


in_logarithms = straight(sizes_in_logs=True, errors_in_logs=True)


def of(forecasts: Forecasts, rows: Rows) -> Forecasts:
    """Forecasts of what ``rows`` makes of the errors."""
    return lambda sizes, errors, size: forecasts(sizes, rows(errors), size)


def each(errors: np.ndarray) -> np.ndarray:
    """All seeds, one by one."""
    return errors


def first(errors: np.ndarray) -> np.ndarray:
    """The first seed."""
    return errors[:1]


def mean(errors: np.ndarray) -> np.ndarray:
    """All seeds as one."""
    return errors.mean(axis=0, keepdims=True)
