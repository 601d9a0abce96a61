"""How far the score of a winner lies above its accuracy on fresh examples: the winner's curse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, MARKERS
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over


def draw_optimism(ax: Axes, choices: ArrayLike, num_candidates: int, v: int) -> None:
    """Score of each winner, where it was chosen, over its accuracy on fresh examples.

    Args:
        ax: For one point per choice.
        choices: (R, 2), score and fresh accuracy of the winner of each of R choices.
        num_candidates: K of each choice, for the words.
        v: Examples that chose.
    """
    scores, fresh = np.asarray(choices, dtype=float).T
    ax.axline((1, 1), slope=1, color="black", lw=1, label="no optimism")
    ax.plot(fresh, scores, MARKERS[0], color=COLOURS[0], alpha=0.3, ms=4, label="a choice")
    ax.plot(fresh.mean(), scores.mean(), MARKERS[3], color=COLOURS[1], ms=10, label="mean")
    ax.vlines(fresh.mean(), *sorted([fresh.mean(), scores.mean()]), color=COLOURS[1], lw=2)
    ax.set(xlabel="winner's accuracy on fresh pictures", ylabel="score that made it win")
    ax.legend(fontsize=8, loc="upper left")
    points = 100 * (scores.mean() - fresh.mean())
    say(
        ax,
        f"Best of {num_candidates} on v = {v}, {len(scores)} choices: mean score "
        f"{scores.mean():.3f}, mean on fresh pictures {fresh.mean():.3f}, optimism {points:+.1f} "
        f"points. {np.mean(scores > fresh):.0%} of the winners score too high.",
    )


def explore_optimism(choices: Mapping[int, ArrayLike], candidate_counts: Sequence[int]) -> Explorer:
    """Sliders for the number of candidates and of validation examples: how far is it from honest?

    Args:
        choices: By v, each (R, len(candidate_counts), 2): score and fresh accuracy of the winner.
        candidate_counts: K of each column, ascending.

    Raises:
        ValueError: If there is no table, or one has another shape.
    """
    tables = {v: np.asarray(table, dtype=float) for v, table in choices.items()}
    for v, table in tables.items():
        if table.ndim != 3 or table.shape[1:] != (len(candidate_counts), 2) or not table.size:
            counts = f"{len(candidate_counts)} candidate counts"
            raise ValueError(f"v = {v}: {table.shape} is no table of repeats, {counts} and 2")
    if not tables:
        raise ValueError("choices are empty: give a table for at least one v")
    low, high = (end([end(table) for table in tables.values()]) for end in (np.min, np.max))
    limits = (low - 0.01, high + 0.01)

    def draw(ax: Axes, k: int, v: int) -> None:
        draw_optimism(ax, tables[v][:, list(candidate_counts).index(k)], k, v)
        ax.set(xlim=limits, ylim=limits)

    options = {"k": ("candidates K", candidate_counts), "v": ("validation examples v", tables)}
    controls = {
        name: slider_over(sorted(values), label) for name, (label, values) in options.items()
    }
    few, many = min(candidate_counts), max(candidate_counts)
    settings = [(few, min(tables)), (many, min(tables)), (many, max(tables))]
    stills = {f"K = {k}, v = {v}": {"k": k, "v": v} for k, v in settings}
    return Explorer(draw, controls, stills=stills, width=3.8, height=3.4)
