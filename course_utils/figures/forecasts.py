"""The figure of what more labels would bring: errors measured, and two laws carried on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.evaluation.learning_curve import Forecast, forecast_error
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WITH_FLOOR, STRAIGHT = "power law with a floor", "straight line of logarithms"


def plot_forecast(
    sizes: Sequence[int],
    wrong: np.ndarray,
    forecast: Forecast,
    *,
    truth: float | None = None,
    x_label: str = "pictures to learn from",
    ax: Axes | None = None,
) -> Axes:
    """Errors over the pictures learned from, the curve through them, and where it leads.

    Args:
        sizes: S numbers of pictures.
        wrong: (S, N) bool, as for ``forecast_error``.
        forecast: What was made of them.
        truth: Error measured at the size of the forecast, where it was.
        x_label: What the sizes count.
        ax: Axes to draw on.
    """
    ax = new_axes() if ax is None else ax
    draw_measured(ax, sizes, wrong)
    straight = forecast_error(sizes, wrong, forecast.size, floor=False)
    draw_law(ax, sizes, forecast, WITH_FLOOR, COLOURS[0], "-")
    draw_law(ax, sizes, straight, STRAIGHT, "gray", ":")
    draw_ends(ax, forecast)
    draw_truth(ax, forecast, truth)
    finish(ax, sizes, forecast.size, x_label)
    told = ", ".join(
        f"{error:.3f} at {n:,}" for n, error in zip(sizes, wrong.mean(axis=1), strict=True)
    )
    say(
        ax,
        f"Error {told}. Forecast for {forecast.size:,}: {forecast.error:.3f} [{forecast.low:.3f}, "
        f"{forecast.high:.3f}], floor {forecast.floor:.3f}; a straight line of logarithms says "
        f"{straight.error:.3f}.",
    )
    say_truth(ax, forecast, truth)
    return ax


def draw_measured(ax: Axes, sizes: Sequence[int], wrong: np.ndarray) -> None:
    """A point for each size with its interval, from ``wrong`` (S, N), bool."""
    errors = wrong.mean(axis=1)
    ends = np.array([wilson_interval(int(row.sum()), len(row)) for row in wrong])
    ax.errorbar(
        sizes, errors, yerr=np.abs(ends.T - errors), ls="", marker=MARKERS[0], ms=7, capsize=4,
        color=COLOURS[0], label="measured on validation pictures",
    )  # fmt: skip


def draw_law(
    ax: Axes, sizes: Sequence[int], forecast: Forecast, name: str, colour: str, line: str
) -> None:
    """The curve of one law, from the smallest size to that of the forecast."""
    places = np.geomspace(sizes[0], forecast.size, 60)
    ax.plot(places, forecast.at(places), color=colour, ls=line, label=name)


def draw_ends(ax: Axes, forecast: Forecast) -> None:
    """The forecast with its interval."""
    ax.errorbar(
        forecast.size, forecast.error, capsize=4, marker=MARKERS[3], ms=8, color=COLOURS[1],
        yerr=[[forecast.error - forecast.low], [forecast.high - forecast.error]],
        label="forecast, 95 % interval",
    )  # fmt: skip


def draw_truth(ax: Axes, forecast: Forecast, truth: float | None) -> None:
    """A star at the error that was measured at the size of the forecast, if it was."""
    if truth is not None:
        # Below the forecast, so that it hides no interval.
        look = {"marker": "*", "ms": 15, "ls": "", "zorder": 1.9}
        ax.plot(forecast.size, truth, color="black", label="measured there", **look)


def say_truth(ax: Axes, forecast: Forecast, truth: float | None) -> None:
    """What was measured at the size of the forecast, and whether the interval held it."""
    if truth is not None:
        held = "held" if forecast.low <= truth <= forecast.high else "missed"
        say(ax, f"Measured there: {truth:.3f}; the interval {held} it.")


def finish(ax: Axes, sizes: Sequence[int], size: int, x_label: str) -> None:
    """Axes from an error of 0 on, with a tick at each size."""
    ax.set(xscale="log", xlabel=x_label, ylabel="error")
    ax.set_xticks([*sizes, size], [f"{number:,}" for number in (*sizes, size)])
    ax.minorticks_off()
    ax.set_ylim(bottom=0)
    ax.legend(fontsize=8)
