"""What moves in the lesson on fine-tuning: labels, repeats, and how much of a backbone learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.comparison import compare_over_seeds
from course_utils.evaluation.scores import SHARES, seed_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import ANYWHERE, COLOURS, LINES, MARKERS
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_ways(
    axes: Sequence[Axes],
    labels: int,
    repeats: int,
    *,
    scores: Mapping[str, np.ndarray],
    labels_per_class: Sequence[int],
) -> None:
    """Accuracy of each way of training, and the lead of the last way over each other one.

    Args:
        axes: Two, for accuracies and leads.
        labels: One of ``labels_per_class``.
        repeats: How many of the repeats count, from the first on, at least 2.
        scores: Accuracies by way, each (repeats, label counts).
        labels_per_class: Label counts, ascending.
    """
    place, *others, ours = list(labels_per_class).index(labels), *scores
    at = {way: table[:repeats, place] for way, table in scores.items()}
    leads = {f"against {way}": at[ours] - at[way] for way in others}
    all_leads = [scores[ours][:, place] - scores[way][:, place] for way in others]
    furthest = 1.1 * np.abs([seed_interval(lead)[1:] for lead in all_leads]).max()
    means = _draw_repeats(axes[0], at, ".3f", SHARES)
    lowest = min(table.min() for table in scores.values())
    axes[0].set(xlim=(lowest - 0.1, 1.05), xlabel="test accuracy")
    say(axes[0], f"{labels} per class, {repeats} repeats: {', '.join(means)}.")
    compared = _draw_repeats(axes[1], leads, "+.3f")
    axes[1].axvline(0, color="black", lw=0.8)
    axes[1].set(xlim=(-furthest or -1.0, furthest or 1.0), xlabel=f"lead of {ours}")
    axes[1].locator_params(axis="x", nbins=5)
    for way, text in zip(others, compared, strict=True):
        say(axes[1], f"Lead {text}: {compare_over_seeds(at[ours], at[way]).verdict}.")


def explore_ways(scores: Mapping[str, ArrayLike], labels_per_class: Sequence[int]) -> Explorer:
    """Sliders for labels per class and repeats; still: three label counts, one with two repeats.

    Args:
        scores: Test accuracies by way of training, at least two ways, each (repeats, label counts)
            with two repeats or more. The last way is compared with the others, repeat by repeat.
        labels_per_class: Label counts, ascending.

    Raises:
        ValueError: If there is nothing to compare, or the tables differ in their shape.
    """
    tables = {way: np.asarray(table, dtype=float) for way, table in scores.items()}
    shapes = {way: table.shape for way, table in tables.items()}
    repeats = min((shape[0] for shape in shapes.values()), default=0)
    if len(tables) < 2 or repeats < 2 or set(shapes.values()) != {(repeats, len(labels_per_class))}:
        raise ValueError(
            f"scores must be of two ways or more, each of 2 or more repeats by "
            f"{len(labels_per_class)} label counts, got {shapes}"
        )
    controls = {
        "labels": slider_over(labels_per_class, "labels per class"),
        "repeats": ipywidgets.IntSlider(
            repeats, min=2, max=repeats, description="repeats that count", continuous_update=False
        ),
    }
    stills = {
        f"{count} per class": {"labels": count, "repeats": repeats}
        for count in _low_middle_high(labels_per_class)
    }
    most = labels_per_class[-1]
    if repeats > 2:
        stills[f"{most} per class, two repeats"] = {"labels": most, "repeats": 2}
    draw = partial(draw_ways, scores=tables, labels_per_class=labels_per_class)
    return Explorer(draw, controls, stills=stills, columns=2, width=4.4, height=2.2)


def draw_blocks(
    axes: Sequence[Axes],
    learning: int,
    *,
    depths: Sequence[int],
    block_weights: Sequence[int],
    scores: Mapping[str, np.ndarray],
) -> None:
    """Which blocks learn, and what that changes against the frozen backbone.

    Args:
        axes: Two, for the blocks and for the changes.
        learning: One of ``depths``.
        depths: Numbers of blocks that learn, ascending from 0.
        block_weights: Weights of each block, from the picture to the head.
        scores: Accuracies by task, each (repeats, depths).
    """
    held = len(block_weights) - learning
    _draw_weights(axes[0], block_weights, held)
    moved = f"{sum(block_weights[held:]):,} of {sum(block_weights):,} weights"
    say(axes[0], f"{learning} of {len(block_weights)} blocks learn, {moved}.")
    place, ends = list(depths).index(learning), [0.0]
    for number, (task, table) in enumerate(scores.items()):
        changes = table - table[:, :1]  # (repeats, depths), each against its own frozen backbone
        mean, low, high = np.array([seed_interval(column) for column in changes.T]).T
        style = {"color": COLOURS[number], "marker": MARKERS[number]}
        axes[1].plot(depths, mean, ls=LINES[number], lw=1, mfc="white", **style)
        error = [[mean[place] - low[place]], [high[place] - mean[place]]]
        axes[1].errorbar(learning, mean[place], error, ms=9, capsize=5, lw=2, label=task, **style)
        ends += [*low, *high]
        change = f"{mean[place]:+.3f} [{low[place]:+.3f}, {high[place]:+.3f}]"
        accuracy = f"{task}: accuracy {table[:, place].mean():.3f}"
        say(axes[1], f"{accuracy}, change against frozen {change}.")
    axes[1].axhline(0, color="black", lw=0.8)
    room = 0.1 * (max(ends) - min(ends)) or 0.1
    axes[1].set(ylim=(min(ends) - room, max(ends) + 4 * room), xticks=depths)
    axes[1].set(xlabel="blocks that learn", ylabel="change in accuracy")
    axes[1].legend(fontsize=8, loc="upper left", ncol=2)


def explore_blocks(
    depths: Sequence[int], block_weights: Sequence[int], scores: Mapping[str, ArrayLike]
) -> Explorer:
    """A slider for how many blocks learn, from the head down; the still version shows three.

    Args:
        depths: Numbers of blocks that learn, ascending from 0, the frozen backbone.
        block_weights: Weights of each block, from the picture to the head.
        scores: Accuracies from 0 to 1 by task, one or more, each (repeats, depths) with two
            repeats or more.

    Raises:
        ValueError: If the depths do not fit the blocks, or a table does not fit the depths.
    """
    tables = {task: np.asarray(table, dtype=float) for task, table in scores.items()}
    total = len(block_weights)
    if list(depths) != sorted(set(depths)) or not depths or depths[0] != 0 or depths[-1] > total:
        raise ValueError(f"depths must ascend from 0 to at most {total} blocks, got {depths}")
    for task, table in tables.items():
        if table.ndim != 2 or len(table) < 2 or table.shape[1] != len(depths):
            raise ValueError(f"{task!r} has scores {table.shape} for {len(depths)} depths")
    slider = slider_over(
        depths, "blocks that learn, from the head down", form=lambda depth: f"{depth} of {total}"
    )
    half = min(depths, key=lambda depth: abs(depth - total / 2))
    shown = sorted({0, half, depths[-1]})
    stills = {f"{depth} of {total} blocks learn": {"learning": depth} for depth in shown}
    draw = partial(draw_blocks, depths=depths, block_weights=block_weights, scores=tables)
    return Explorer(draw, {"learning": slider}, stills=stills, columns=2, width=4.4, height=2.5)


def _draw_repeats(
    ax: Axes,
    values: Mapping[str, np.ndarray],
    form: str,
    within: tuple[float, float] = ANYWHERE,
) -> list[str]:
    """One row per entry: a small ring per repeat, mean and 95 % interval; each row in words."""
    texts = []
    for row, (name, repeats) in enumerate(values.items()):
        mean, low, high = seed_interval(repeats, within=within)
        style = {"color": COLOURS[row], "marker": MARKERS[row]}
        ax.scatter(repeats, np.full(len(repeats), row + 0.25), s=14, fc="none", ec="black")
        ax.errorbar(mean, row, xerr=[[mean - low], [high - mean]], ms=7, capsize=5, lw=2, **style)
        texts.append(f"{name} {mean:{form}} [{low:{form}}, {high:{form}}]")
    ax.set_yticks(range(len(values)), list(values))
    ax.set_ylim(len(values) - 0.5, -0.5)
    return texts


def _draw_weights(ax: Axes, block_weights: Sequence[int], held: int) -> None:
    """A bar per block, the first at the top: hatched if held, else filled."""
    for block, weights in enumerate(block_weights):
        look = {"fc": "white", "hatch": "///"} if block < held else {"fc": COLOURS[1]}
        ax.barh(block + 1, weights, ec="black", lw=0.6, **look)
    ax.set_yticks(range(1, len(block_weights) + 1))
    ax.invert_yaxis()
    ax.locator_params(axis="x", nbins=4)
    ax.set(xlabel="weights (hatched: held; filled: learn)", ylabel="block, from the picture")


def _low_middle_high(values: Sequence[int]) -> list[int]:
    """Smallest, middle and largest, each once."""
    return sorted({values[0], values[len(values) // 2], values[-1]})
