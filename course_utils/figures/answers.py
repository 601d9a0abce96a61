"""What a model answers, as figures: confusions, and whether its probabilities are borne out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 12  # whose counts can be read in a matrix
MOST_NAMED = 3  # mistakes that are equally common


def plot_confusion(matrix: ArrayLike, class_names: Sequence[str]) -> Axes:
    """Counts of answers, a row for each true class; only wrong ones are coloured.

    Args:
        matrix: (K, K), answers of column j to examples of class i.
        class_names: K names.
    """
    ax, counts = new_axes(width=5.6, height=4.8), np.asarray(matrix)
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(wrong.max(), 1))
    ax.grid(False)
    if len(counts) <= MOST_CLASSES:
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if wrong[row, column] > 0.6 * wrong.max() else "black"
            weight = "bold" if row == column else "normal"
            shown = str(count) if count else "·"
            ax.text(column, row, shown, ha="center", va="center", color=colour, weight=weight)
        names = [as_text(name, 8) for name in class_names]
        is_long = any(len(name) > 3 for name in names)
        ax.set_xticks(range(len(counts)), names, rotation=90 if is_long else 0)
        ax.set_yticks(range(len(counts)), names)
    ax.set(xlabel="answer", ylabel="true class")
    commonest = [
        f"{class_names[row]} taken for {class_names[column]}"
        for row, column in np.argwhere(wrong == max(wrong.max(), 1))
    ]
    if len(commonest) > MOST_NAMED:
        commonest[MOST_NAMED:] = [f"{len(commonest) - MOST_NAMED} others"]
    each = " each" * (len(commonest) > 1)
    mistake = f"The commonest mistake: {', '.join(commonest)}, {wrong.max()} times{each}."
    say(
        ax,
        f"Of {counts.sum()} answers {np.trace(counts)} are on the diagonal, right. "
        + (mistake if wrong.any() else "There is no mistake."),
    )
    return ax


def plot_reliability(bins: Mapping[str, ArrayLike], *, title: str, ax: Axes) -> Axes:
    """Share of right answers over their probability, each bin with its Wilson interval.

    Args:
        bins: By name, (bins, 3): number of answers, mean probability, share of right ones.
        title: Of the axes.
        ax: To draw on.
    """
    ax.plot([0, 1], [0, 1], color="black", lw=1, label="calibrated")
    for number, (name, table) in enumerate(bins.items()):
        n, p, a = np.asarray(table, dtype=float).T
        ends = np.array(
            [wilson_interval(round(m * share), int(m)) for m, share in zip(n, a, strict=True)]
        )
        style = {"color": COLOURS[number], "marker": MARKERS[number]}
        ax.vlines(p, *ends.T, color=COLOURS[number], lw=1.2, alpha=0.6)
        ax.plot(p, a, label=name, ls="-" if number else "--", **style)
        apart = (n * np.abs(a - p)).sum() / n.sum()
        side = "surer" if (n * a).sum() < (n * p).sum() else "less sure"
        say(
            ax,
            f"{title}, {name}: answers have probability {np.average(p, weights=n):.3f} on average "
            f"and {np.average(a, weights=n):.3f} of them are right: it is {side} than "
            f"right; the bins lie {apart:.3f} off the line on average.",
        )
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), title=title)
    ax.set(xlabel="probability of the answer", ylabel="share of right answers")
    ax.legend(fontsize=9, loc="upper left")
    return ax
