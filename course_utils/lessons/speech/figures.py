"""Figures of the lesson: known and never heard, speaker by speaker and by the number of voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import SHARES, seed_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import line_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OWN, NEW = "known", "never heard"


def plot_speakers(
    names: Sequence[str], own: ArrayLike, new: ArrayLike, ax: Axes | None = None
) -> Axes:
    """Two accuracies of each speaker, joined by a line, the hardest speaker first.

    Args:
        names: S speakers.
        own: (S,), on new takes of speakers that were learned from.
        new: (S,), on speakers that were never heard.
        ax: Axes to draw on.
    """
    own, new = np.asarray(own, dtype=float), np.asarray(new, dtype=float)
    order, rows = np.argsort(new), np.arange(len(names))
    ax = new_axes(height=0.9 + 0.3 * len(names)) if ax is None else ax
    ax.hlines(rows, new[order], own[order], color="0.7")
    for number, (test, scores) in enumerate(((OWN, own), (NEW, new))):
        style = line_style(number) | {"ls": ""}
        ax.plot(scores[order], rows, label=test, **style)
        told = ", ".join(f"{names[place]} {scores[place]:.3f}" for place in order)
        say(ax, f"Accuracy, {test}: {told}.")
    ax.set_yticks(rows, [names[place] for place in order])
    ax.set(xlabel="accuracy")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    return ax


def plot_over(
    scores: Mapping[str, Mapping[int, ArrayLike]], x_label: str, y_label: str, *, log: bool = False
) -> Axes:
    """A line for each way; each of its means with its interval over speakers.

    Args:
        scores: By way and number: (S,) accuracies.
        x_label: What the numbers count.
        y_label: What the accuracies are of.
        log: Whether equal steps along x are equal ratios.
    """
    ax = new_axes()
    numbers = sorted({number for by_number in scores.values() for number in by_number})
    for place, (way, by_number) in enumerate(scores.items()):
        points = [seed_interval(values, within=SHARES) for values in by_number.values()]
        means = [mean for mean, _, _ in points]
        ends = [[mean - low for mean, low, _ in points], [high - mean for mean, _, high in points]]
        ax.errorbar(list(by_number), means, yerr=ends, label=way, capsize=4, **line_style(place))
        told = ", ".join(f"{m:.3f} at {n}" for n, m in zip(by_number, means, strict=True))
        say(ax, f"{way}: {y_label} {told}.")
    ax.set(xlabel=x_label, ylabel=y_label)
    if log:
        ax.set_xscale("log")
    ax.set_xticks(numbers, list(map(str, numbers)))
    ax.minorticks_off()
    ax.legend()
    return ax
