"""Ways of starting side by side: a row for each, with its repeats and their interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import SHARES, seed_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_starts(
    scores: Mapping[str, ArrayLike],
    x_label: str,
    ax: Axes | None = None,
    *,
    within: tuple[float, float] = SHARES,
    unit: str = "repeats",
) -> Axes:
    """One row per way of starting: each repeat a point, their mean and its 95 % interval a bar.

    Args:
        scores: (repeats,) of each way.
        x_label: What they are.
        ax: Axes to draw on.
        within: Where the interval is cut off, since no mean lies beyond.
        unit: What the scores of a way are of.
    """
    ax = new_axes(height=0.8 + 0.55 * len(scores)) if ax is None else ax
    for row, (name, values) in enumerate(scores.items()):
        look = {"color": COLOURS[row % len(COLOURS)], "marker": MARKERS[row % len(MARKERS)]}
        mean, low, high = draw_start(ax, row, values, within=within, **look)
        say(ax, f"{name}: {x_label} {mean:.3f} [{low:.3f}, {high:.3f}], {len(values)} {unit}.")
    ax.set_yticks(range(len(scores)), list(scores))
    ax.set(xlabel=x_label)
    ax.invert_yaxis()
    return ax


def draw_start(
    ax: Axes,
    row: int,
    values: ArrayLike,
    *,
    color: str,
    marker: str,
    within: tuple[float, float] = SHARES,
) -> tuple[float, float, float]:
    """One row of ``plot_starts``; mean and ends of the 95 % interval of values (repeats,)."""
    values = np.asarray(values, dtype=float)
    mean, low, high = seed_interval(values, within=within)
    look = {"color": color, "marker": marker}
    ax.errorbar(mean, row, xerr=[[mean - low], [high - mean]], capsize=4, ms=8, **look)
    ax.plot(values, np.full(len(values), row + 0.22), "|", color="black", ms=8)
    return mean, low, high
