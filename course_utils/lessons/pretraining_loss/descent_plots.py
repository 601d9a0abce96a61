"""Descents on a landscape of loss, and the loss over their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, LINES, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RECENT_STEPS = 8  # of a descent, drawn clearly; those before fade


def plot_descent(
    x: ArrayLike,
    y: ArrayLike,
    surface: ArrayLike,
    paths: Mapping[str, ArrayLike],
    *,
    x_label: str,
    y_label: str,
    ax: Axes | None = None,
) -> Axes:
    """Loss over two parameters as contour lines, with the steps of descents drawn on it.

    A large marker is where a descent ends. All but its last few steps are drawn faintly: a descent
    that leaps to and fro would else hide itself.

    Args:
        x: First parameter, (X,).
        y: Second parameter, (Y,).
        surface: Loss in nats, (Y, X).
        paths: Each (steps + 1, 2), from the starting point on.
        x_label: Name of the first parameter.
        y_label: Name of the second parameter.
        ax: Axes to draw on; None for new ones.
    """
    ax = new_axes(width=6.0, height=4.2) if ax is None else ax
    x, y, surface = np.asarray(x), np.asarray(y), np.asarray(surface)
    low, high = surface.min(), surface.max()
    levels = low + (high - low) * np.linspace(0.04, 0.98, 14) ** 2  # closer where it is flat
    ax.contour(x, y, surface, levels, colors="0.55", linewidths=0.9)
    for number, (name, path) in enumerate(paths.items()):
        steps = np.asarray(path)
        style = {"color": COLOURS[number], "ls": LINES[number], "marker": MARKERS[number]}
        ax.plot(*steps[:-RECENT_STEPS].T, ms=3, lw=0.8, alpha=0.3, **style)
        ax.plot(*steps[-RECENT_STEPS - 1 :].T, label=name, ms=4, lw=1.5, **style)
        ax.plot(*steps[-1:].T, ms=9, mec="black", **style)
        end = ", ".join(f"{value:.2f}" for value in steps[-1])
        say(ax, f"{name}: {len(steps) - 1} steps end at ({end}).")
    row, column = np.unravel_index(surface.argmin(), surface.shape)
    ax.plot(x[column], y[row], "*", color="black", ms=13, label="lowest point of the grid")
    say(ax, f"Lowest point of the grid: ({x[column]:.2f}, {y[row]:.2f}), loss {low:.3f} nats.")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.locator_params(nbins=4)  # each tick costs a millisecond
    ax.legend(fontsize=8, loc="upper right")
    return ax


def plot_losses(losses: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Loss in nats over the steps of descents, each (steps + 1,), on a logarithmic axis.

    A large marker is where a descent ends, as in ``plot_descent``.
    """
    ax = new_axes() if ax is None else ax
    for number, (name, values) in enumerate(losses.items()):
        heights = np.asarray(values)
        style = {"color": COLOURS[number], "ls": LINES[number], "marker": MARKERS[number]}
        ax.plot(heights, label=name, ms=3, lw=1.2, **style)
        ax.plot([len(heights) - 1], heights[-1:], ms=9, mec="black", **style)
    ends = ", ".join(f"{values[-1]:.3f} ({name})" for name, values in losses.items())
    say(ax, f"Loss then, in nats: {ends}.")
    ax.set(xlabel="steps", ylabel="loss (nats per example)", yscale="log")
    ax.minorticks_off()
    ax.locator_params(axis="x", nbins=4)
    ax.yaxis.get_major_locator().set_params(subs=(1, 3, 5))
    ax.yaxis.set_major_formatter("{x:g}")  # 10, not 10 to the power of 1
    return ax
