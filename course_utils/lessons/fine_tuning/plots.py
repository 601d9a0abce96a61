"""Plots of the lesson on fine-tuning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.evaluation.comparison import compare_over_seeds
from course_utils.evaluation.scores import seed_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import line_style, plot_repeats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

APART = 1.08  # two intervals at one label count stand side by side by this factor


def plot_gains(
    gains: Mapping[str, np.ndarray], labels_per_class: Sequence[int], *, ax: Axes, first: int = 0
) -> None:
    """The gain of each way at each label count: filled where it can be told from 0.

    Args:
        gains: Differences in accuracy by way, each (repeats, label counts).
        labels_per_class: Label counts, ascending.
        ax: Axes to draw on.
        first: Number of the first way's colour and marker.
    """
    for row, (name, table) in enumerate(gains.items()):
        style = line_style(first + row) | {"ls": "none", "ms": 7}
        places = np.array(labels_per_class) * APART ** (2 * row - len(gains) + 1)
        texts = []
        for place, labels, repeats in zip(places, labels_per_class, table.T, strict=True):
            mean, low, high = seed_interval(repeats)
            verdict = compare_over_seeds(repeats, np.zeros(len(repeats))).verdict
            look = style | ({} if verdict == "different" else {"mfc": "white"})
            ax.errorbar(place, mean, [[mean - low], [high - mean]], capsize=4, **look)
            texts.append(f"{mean:+.3f} [{low:+.3f}, {high:+.3f}] at {labels}, {verdict}")
        ax.plot([], [], label=name, **style)
        say(ax, f"Gain of {name} over the frozen backbone: {'; '.join(texts)}.")
    ax.axhline(0, color="black", lw=0.8)
    ax.set_xscale("log")
    ax.set_xticks(labels_per_class, [f"{labels:g}" for labels in labels_per_class])
    ax.minorticks_off()
    ax.set(xlabel="labels per class", ylabel="gain over frozen, accuracy")
    ax.legend(fontsize=8)


def plot_watched(
    watched: Mapping[str, Sequence[Sequence[Sequence[float]]]], steps_per_round: int, axes: Axes
) -> None:
    """Loss and worth of the features over the first steps of training, over repeats.

    Args:
        watched: By recipe, for each repeat the losses of its rounds and the worths at their ends,
            the first of them that of the start.
        steps_per_round: Steps of training between two looks at the features.
        axes: Axes for the losses, or two for losses and worths.
    """
    labels = ("training loss in nats", "worth of the features")
    for what, ax in enumerate(np.atleast_1d(axes)):
        curves = {name: np.array([run[what] for run in runs]) for name, runs in watched.items()}
        rounds = next(iter(curves.values())).shape[1]
        steps = steps_per_round * (np.arange(rounds) + 1 - what)
        plot_repeats(
            curves, x=steps, x_label="step", y_label=labels[what], log_x=False, first=1, ax=ax
        )  # from the second look on: in later figures the first is of what is not shown here
        ax.set_xticks(steps)
        if what == 0:
            ax.set_ylim(0)
        else:
            ax.set_ylim(top=1)  # which an interval of an accuracy may pass
