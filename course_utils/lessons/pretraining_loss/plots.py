"""The figures that only lesson 01 has: -ln p, softmax as bars, minibatches as dots, argmin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, LINES, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_loss_of_probability(
    label_probs: ArrayLike, losses: ArrayLike, *, ax: Axes | None = None
) -> Axes:
    """The loss -ln p over the probability p of the right class, with a few rows as dots on it.

    Args:
        label_probs: Probability of the right class in each row, (B,).
        losses: Of the rows in nats, (B,).
        ax: Axes to draw on; None for new ones.
    """
    ax = new_axes() if ax is None else ax
    rows = list(zip(np.asarray(label_probs), np.asarray(losses), strict=True))
    p = np.geomspace(min(0.01, *np.asarray(label_probs)) / 1.5, 1, 200)
    ax.plot(p, -np.log(p), color="0.4", label="-ln p")
    say(ax, "The curve -ln p falls from any height, near p = 0, to 0 at p = 1.")
    for number, place in enumerate(rows):
        style = {"color": COLOURS[number], "ms": 9, "mec": "black"}
        ax.plot(*place, MARKERS[number], **style, label=f"row {number + 1}", clip_on=False)
        say(ax, f"Row {number + 1}: {place[1]:.2f} nats at p = {place[0]:.2f}.")
    ax.set(xlabel="p, probability of the right class", ylabel="loss (nats)", xlim=(0, 1))
    ax.set_ylim(bottom=0)
    ax.legend(fontsize=8)
    return ax


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
