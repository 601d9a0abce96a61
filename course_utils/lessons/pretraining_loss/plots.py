"""The figures that only lesson 01 has: softmax as bars, minibatches as dots, argmin as a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, LINES, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_softmax(
    classes: str,
    label: int,
    probs: ArrayLike,
    loss: float,
    gradient: ArrayLike,
    *,
    axes: Sequence[Axes] | None = None,
) -> Sequence[Axes]:
    """Probabilities with the loss (left), and the gradient (right), as one bar per class.

    Args:
        classes: One letter per class.
        label: Place of the right class, whose bars are striped.
        probs: Of one example, (K,).
        loss: In nats.
        gradient: Nats per unit of each logit, (K,).
        axes: Two axes to draw on; None for new ones.
    """
    axes = new_axes(2) if axes is None else axes
    for ax, heights in zip(axes, (probs, gradient), strict=True):
        bars = ax.bar(list(classes), heights, color=COLOURS[0], edgecolor="black", lw=0.8)
        bars[label].set(facecolor=COLOURS[4], hatch="//")
        ax.bar_label(bars, fmt="%.2f", padding=2, fontsize=8)
        ax.axhline(0, color="black", lw=0.8)
        ax.set_xlabel(f"class (striped: {classes[label]}, the right one)")
        ax.locator_params(axis="y", nbins=4)
    axes[0].set(ylabel="probability", ylim=(0, 1.3))
    axes[1].set_ylabel("gradient (nats per logit)")
    words = f"−ln {probs[label]:.3g} = {loss:.2f} nats"
    axes[0].text(0.98, 0.98, f"loss {words}", ha="right", va="top", transform=axes[0].transAxes)
    say(axes[0], f"Right class {classes[label]}: loss {words}.")
    slopes = ", ".join(f"{name} {slope:.2f}" for name, slope in zip(classes, gradient, strict=True))
    say(axes[1], f"Gradient: {slopes}.")
    return axes


def plot_minibatches(
    cloud: ArrayLike, mean: ArrayLike, full: float, *, ax: Axes | None = None
) -> Axes:
    """Gradients of minibatches as dots, their mean as a square, the full gradient as a star.

    Distances in the picture are true distances between gradients.

    Args:
        cloud: How far each gradient reaches along the full one, and how far beside it, (R, 2).
        mean: The same of the mean of these gradients, (2,).
        full: Length of the full gradient.
        ax: Axes to draw on; None for new ones.
    """
    ax = new_axes() if ax is None else ax
    along, beside = np.asarray(cloud, dtype=float).T
    ax.axhline(0, color="black", lw=0.8)
    ax.plot(beside, along, MARKERS[0], color=COLOURS[0], ms=3, alpha=0.5, label="a minibatch")
    square = {"color": COLOURS[1], "ms": 11, "mfc": "none", "mew": 2.5}
    ax.plot(mean[1], mean[0], MARKERS[1], **square, label="their mean")
    ax.plot(0, full, "*", color="black", ms=13, label="all examples")
    ax.set(xlabel="distance beside the full gradient", ylabel="reach along it")
    ax.set_aspect("equal")
    ax.locator_params(nbins=5)
    ax.legend(fontsize=8, ncols=3, loc="upper right")
    spread = np.sqrt(np.mean((along - full) ** 2 + beside**2))
    off = np.hypot(mean[0] - full, mean[1])
    say(ax, f"Distance from the full gradient: {spread:.3g} typically, {off:.2g} for their mean.")
    say(ax, f"{np.mean(along > 0):.0%} point downhill.")
    return ax


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
    ax: Axes | None = None,
) -> Axes:
    """Loss over two parameters as contour lines, with the steps of descents drawn on it.

    A large marker is where a descent ends.

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
        ax.plot(*steps.T, label=name, ms=3, lw=1.2, **style)
        ax.plot(*steps[-1:].T, ms=9, mec="black", **style)
        end = ", ".join(f"{value:.2f}" for value in steps[-1])
        say(ax, f"{name}: {len(steps) - 1} steps end at ({end}).")
    row, column = np.unravel_index(surface.argmin(), surface.shape)
    ax.plot(x[column], y[row], "*", color="black", ms=13, label="lowest point of the grid")
    say(ax, f"Lowest point of the grid: ({x[column]:.2f}, {y[row]:.2f}), loss {low:.3f} nats.")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.locator_params(nbins=4)  # each tick costs a millisecond
    ax.legend(fontsize=8, loc="lower right")
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
