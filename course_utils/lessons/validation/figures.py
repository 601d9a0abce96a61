"""The figures of lesson 05 alone: two runs, intervals, rows of dots, leaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import SHARES, seed_interval, wilson_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, MARKERS, plot_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_two_runs(losses: Mapping[str, ArrayLike]) -> Axes:
    """Loss curves: a colour for each run, dashed on training and solid on validation examples.

    Args:
        losses: By name of the run, (epochs, 2): training and validation loss after each epoch.
    """
    ax = new_axes()
    for number, (name, table) in enumerate(losses.items()):
        train, val = np.asarray(table, dtype=float).T
        epochs, kept = np.arange(1, len(val) + 1), int(val.argmin())
        style = {"color": COLOURS[number], "lw": 1.8}
        ax.plot(epochs, train, ls="--", label=f"{name}: training", **style)
        ax.plot(epochs, val, label=f"{name}: validation", **style)
        ax.plot(kept + 1, val[kept], MARKERS[number], ms=9, label="its lowest", **style)
        say(
            ax,
            f"{name}: training loss from {train[0]:.3g} to {train[-1]:.3g}; validation loss from "
            f"{val[0]:.3g} to {val[-1]:.3g}, lowest {val[kept]:.3g} at epoch {kept + 1}.",
        )
    ax.set(xlabel="epoch", ylabel="loss, nats per example")
    ax.legend(fontsize=9, ncols=2)
    return ax


def plot_intervals(intervals: ArrayLike, truth: float) -> Axes:
    """One vertical interval beside the other; those that miss the truth stand out.

    Args:
        intervals: (N, 2), their ends.
        truth: What they should hold.
    """
    ax, ends = new_axes(), np.asarray(intervals, dtype=float)
    misses = (ends[:, 0] > truth) | (ends[:, 1] < truth)
    places = np.arange(1, len(ends) + 1)
    for number, (name, of_kind) in enumerate({"holds": ~misses, "misses": misses}.items()):
        style = {"color": COLOURS[number], "lw": 1.4 + 1.6 * number}
        ax.vlines(places[of_kind], *ends[of_kind].T, label=f"{name} the truth", **style)
        if number:
            ax.plot(places[of_kind], ends[of_kind].mean(axis=1), MARKERS[number], color=COLOURS[1])
    ax.axhline(truth, color="black", lw=1.2, label="truth")
    ax.set(xlabel="validation set", ylabel="accuracy")
    low, high = ends.min(), ends.max()
    ax.set_ylim(low - 0.3 * (high - low), high + 0.02)  # room for the legend
    ax.legend(fontsize=9, ncols=3, loc="lower center")
    say(
        ax,
        f"{len(ends)} intervals around a true accuracy of {truth:g}: {len(ends) - misses.sum()} "
        f"hold it, {misses.sum()} miss it.",
    )
    return ax


def plot_rows_of_dots(groups: Mapping[str, ArrayLike], *, x_label: str) -> Axes:
    """A row of dots for each entry, one for each value, and a line at the mean of the row."""
    ax = new_axes(height=2.6)
    generator = np.random.default_rng(0)
    for row, (name, values) in enumerate(groups.items()):
        dots = np.asarray(values, dtype=float)
        heights = row + generator.uniform(-0.22, 0.22, size=len(dots))
        ax.plot(dots, heights, MARKERS[row], color=COLOURS[row], alpha=0.6, ms=5)
        ax.vlines(dots.mean(), row - 0.36, row + 0.36, color="black", lw=2)
        low, high = np.quantile(dots, [0.05, 0.95])
        say(
            ax,
            f"{name}: {x_label} {dots.mean():.3g} on average over {len(dots)}, "
            f"9 in 10 between {low:.3g} and {high:.3g}.",
        )
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set(ylim=(len(groups) - 0.5, -0.5), xlabel=f"{x_label} (line: mean)")
    return ax


def plot_wrong_answers(right: Mapping[str, ArrayLike]) -> Axes:
    """A bar for each entry: wrong answers in per cent, with Wilson's interval.

    Args:
        right: By name, (N,) bool, whether each example was answered rightly.
    """
    counts = {name: (int((~np.asarray(row)).sum()), len(row)) for name, row in right.items()}
    return plot_bars(
        {name: 100 * wrong / n for name, (wrong, n) in counts.items()},
        intervals={
            name: tuple(100 * end for end in wilson_interval(*pair))
            for name, pair in counts.items()
        },
        x_label="wrong answers, %",
        ax=new_axes(height=2.6),
    )


def plot_scores_and_truths(repeats: Mapping[str, ArrayLike]) -> Axes:
    """Score and fresh accuracy of each way, means over repeats with their 95 % t intervals.

    Args:
        repeats: By name of the way, (R, 2): the score that it reports, and its accuracy on fresh
            pictures.
    """
    ax = new_axes(height=2.6)
    for row, (way, table) in enumerate(repeats.items()):
        for number, name in enumerate(["score reported", "on fresh pictures"]):
            mean, low, high = seed_interval(np.asarray(table)[:, number], within=SHARES)
            ax.errorbar(
                mean,
                row + 0.24 * number - 0.12,
                xerr=[[mean - low], [high - mean]],
                fmt=MARKERS[number],
                color=COLOURS[number],
                capsize=4,
                ms=8,
                label=name if row == 0 else None,
            )
            say(ax, f"{way}, {name}: {mean:.3f} [{low:.3f}, {high:.3f}].")
    ax.set_yticks(range(len(repeats)), list(repeats))
    ax.set(ylim=(len(repeats) - 0.4, -0.6), xlabel="accuracy, mean of repeats")
    ax.legend(fontsize=9)
    return ax
