"""The figures of lesson 07 that no other lesson draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, plot_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.learning.guesses import Guess

LETTERS = 44  # widths that the name of a candidate may take


def plot_scores(
    scores: Mapping[str, tuple[float, float, float]],
    *,
    x_label: str,
    chosen: str | None = None,
    baseline: tuple[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A row for each entry: its score and the ends of its interval; the chosen one stands out.

    Args:
        scores: Score, lower and upper end, by name.
        x_label: What the score is.
        chosen: One of the names.
        baseline: What costs next to nothing, and its score: a line across.
        ax: Axes to draw on.
    """
    names = list(scores)
    ax = new_axes(height=1.0 + 0.3 * len(names)) if ax is None else ax
    for row, (name, (score, low, high)) in enumerate(scores.items()):
        number = int(name == chosen)
        ax.errorbar(
            score, row, xerr=[[max(score - low, 0)], [max(high - score, 0)]], capsize=3,
            color=COLOURS[number], marker="D" if number else "o", ms=7, lw=1.5,
        )  # fmt: skip
        say(ax, f"{name}: {score:.3f} [{low:.3f}, {high:.3f}]{', chosen' * number}.")
    if baseline is not None:
        ax.axvline(baseline[1], color="gray", ls="--", label=baseline[0])
        ax.legend(fontsize=8)
        say(ax, f"Dashed line, {baseline[0]}: {baseline[1]:.3f}.")
    ax.set_yticks(range(len(names)), [as_text(name, LETTERS) for name in names])
    ax.set(xlabel=x_label, ylim=(len(names) - 0.4, -0.6))
    return ax


def plot_flattery(hits: Mapping[str, np.ndarray], guessed: Guess) -> list[Axes]:
    """Left, the right answers of two ways to split; right, by how much the first is higher.

    Args:
        hits: By the name of the way, (N,) bool.
        guessed: The difference in points, as the learner guessed it.
    """
    left, right = new_axes(2, height=2.6)
    scores = {
        name: (float(rows.mean()), *wilson_interval(int(rows.sum()), len(rows)))
        for name, rows in hits.items()
    }
    count = len(next(iter(hits.values())))
    plot_scores(scores, x_label=f"share of right answers, n = {count:,}", ax=left)
    (first, *_), (second, *_) = scores.values()
    flattery = 100 * (first - second)
    plot_bars({"flattery": flattery}, x_label="points", ax=right)
    right.set_xlim(-2, 10)
    guessed.mark(right, truth=flattery, along="x")
    right.set_ylim(bottom=1)  # the legend below the bar
    return [left, right]


def plot_misuse(shares: Mapping[str, float], guess: float, count: int) -> Axes:
    """A bar for each way to use a model, with its interval, and a line for guessing.

    Args:
        shares: Of right answers, by name.
        guess: That of always naming one class.
        count: Of the answers.
    """
    ends = {name: wilson_interval(round(share * count), count) for name, share in shares.items()}
    ax = plot_bars(shares, x_label=f"accuracy, n = {count:,}", intervals=ends)
    ax.axvline(guess, color="gray", ls="--", label="guessing")
    ax.legend(fontsize=8)
    say(ax, f"Dashed line, guessing: {guess:.3f}.")
    return ax


def plot_widths(counts: Mapping[str, tuple[int, int]]) -> Axes:
    """The same score from few and from many judges: a row each, with Wilson's over pictures."""
    scores = {
        f"{name}, n = {n:,}": (right / n, *wilson_interval(right, n))
        for name, (right, n) in counts.items()
    }
    return plot_scores(scores, x_label="validation accuracy (intervals over pictures)")
