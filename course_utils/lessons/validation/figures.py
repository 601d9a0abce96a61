"""The figures of lesson 05 alone: two runs, intervals, confusions, reliability, rows of dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import SHARES, seed_interval, wilson_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, MARKERS, plot_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 12  # whose counts can be read in a matrix


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
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    mistake = (
        f"The commonest mistake: {class_names[row]} taken for {class_names[column]}, "
        f"{wrong[row, column]} times."
    )
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
