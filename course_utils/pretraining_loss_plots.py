"""The two figures of lesson 01 in which argmin is a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures import new_axes, say
from course_utils.plots import COLOURS, LINES, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_likelihood_and_loss(
    places: ArrayLike,
    likelihoods: ArrayLike,
    losses: ArrayLike,
    *,
    x_label: str,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Likelihood (left axis) and mean loss (right axis) over the same values of one parameter.

    Args:
        places: Values of the parameter, all above 0.
        likelihoods: One per value; a product of probabilities.
        losses: One per value, nats per example.
        x_label: Name and unit of the parameter.
        title: Names the examples, such as "20 letters".
        ax: Axes to draw on; None for new ones.
    """
    ax = new_axes() if ax is None else ax
    places, likelihoods, losses = (np.asarray(v, float) for v in (places, likelihoods, losses))
    right = ax.twinx()
    right.spines["top"].set_visible(False)
    best = places[losses.argmin()]
    ax.plot(places, likelihoods, color=COLOURS[0], ls=LINES[0])
    right.plot(places, losses, color=COLOURS[1], ls=LINES[1])
    right.plot(best, losses.min(), "o", color=COLOURS[1], ms=7)
    ax.axvline(best, color="black", lw=1, ls=":")
    ax.set(xscale="log", xlabel=x_label, title=title, ylim=(0, 1.1 * (likelihoods.max() or 1)))
    ax.set_ylabel("likelihood (solid)", color=COLOURS[0])
    right.set_ylabel("loss (dashed), nats per example", color=COLOURS[1])
    peak = f"largest at {places[likelihoods.argmax()]:.3g}" if likelihoods.any() else "0 everywhere"
    say(ax, f"{title}: likelihood {peak}; loss smallest, {losses.min():.3g}, at {best:.3g}.")
    return ax


def plot_descent(
    x: ArrayLike,
    y: ArrayLike,
    surface: ArrayLike,
    paths: Mapping[str, ArrayLike],
    *,
    x_label: str,
    y_label: str,
) -> Axes:
    """Loss over two parameters as contour lines, with the steps of descents drawn on it.

    Args:
        x: First parameter, (X,).
        y: Second parameter, (Y,).
        surface: Loss in nats, (Y, X).
        paths: Each (steps + 1, 2), from the starting point on.
        x_label: Name of the first parameter.
        y_label: Name of the second parameter.
    """
    ax = new_axes(width=6.0, height=4.2)
    x, y, surface = np.asarray(x), np.asarray(y), np.asarray(surface)
    low, high = surface.min(), surface.max()
    levels = low + (high - low) * np.linspace(0.04, 0.98, 14) ** 2  # closer where it is flat
    lines = ax.contour(x, y, surface, levels, colors="0.55", linewidths=0.9)
    ax.clabel(lines, levels[::2], fmt="%.2f", fontsize=7)
    for number, (name, path) in enumerate(paths.items()):
        steps = np.asarray(path)
        style = {"color": COLOURS[number], "ls": LINES[number], "marker": MARKERS[number]}
        ax.plot(*steps.T, label=name, ms=4, lw=1.2, **style)
        end = ", ".join(f"{value:.2f}" for value in steps[-1])
        say(ax, f"{name}: {len(steps) - 1} steps end at ({end}).")
    row, column = np.unravel_index(surface.argmin(), surface.shape)
    ax.plot(x[column], y[row], "*", color="black", ms=13, label="lowest point of the grid")
    say(ax, f"Lowest point of the grid: ({x[column]:.2f}, {y[row]:.2f}), loss {low:.3f} nats.")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.legend(fontsize=8, loc="lower right")
    return ax
