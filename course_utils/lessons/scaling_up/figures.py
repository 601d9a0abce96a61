"""Figures of lesson 13: how far a way is from the plain one, and the order of each epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, LEGEND_LETTERS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUNDING = 1e-5  # what 32 bits may leave of a gradient, as a share of its length
LOWEST = 1e-18  # a difference that is drawn: none at all has no place on a logarithmic axis
APART = 0.26  # of a row, between the marks of two kinds
MOST_CELLS = 24  # examples whose numbers have room side by side


def plot_ways(
    differences: Mapping[str, Mapping[str, float]],
    ax: Axes | None = None,
    *,
    rounding: float = ROUNDING,
    x_label: str = "difference, share of the length",
) -> Axes:
    """How far each way to compute is from the plain one, a row a way and a mark a kind.

    Args:
        differences: By way, such as accumulated, and kind, such as float32, float64 and batch norm
            live; a way may lack kinds.
        ax: Axes to draw on.
        rounding: The largest difference that counts as rounding in 32 bits.
        x_label: What the differences are of.

    Raises:
        ValueError: If there are no ways, too many kinds, or a difference is negative or no number.
    """
    kinds = _kinds_of(differences)
    ax = new_axes(height=1.2 + 0.6 * len(differences)) if ax is None else ax
    ax.axvspan(LOWEST / 10, rounding, color="0.88", zorder=0, label=f"rounding, to {rounding:g}")
    for number, kind in enumerate(kinds):
        # Each kind a little lower than the one before, as two of them may be as far.
        lower = APART * (number - (len(kinds) - 1) / 2)
        at = [(row + lower, way[kind]) for row, way in enumerate(differences.values())
              if kind in way]  # fmt: skip
        places = [max(value, LOWEST) for _, value in at]
        look = {"color": COLOURS[number], "marker": MARKERS[number], "ms": 7, "ls": ""}
        ax.plot(places, [row for row, _ in at], label=as_text(kind, LEGEND_LETTERS), **look)
        for (row, value), place in zip(at, places, strict=True):
            text = {"textcoords": "offset points", "va": "center_baseline", "fontsize": 8}
            ax.annotate(f"{value:.2g}", (place, row), (7, 0), **text)
    highest = max(value for by_kind in differences.values() for value in by_kind.values())
    ax.set(xscale="log", xlim=(LOWEST / 10, 100 * max(1.0, highest)))
    ax.set(xlabel=x_label, ylim=(len(differences) - 0.45, -0.55))
    ax.set_yticks(range(len(differences)), [as_text(way) for way in differences])
    ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, frameon=False)
    for way, by_kind in differences.items():
        texts = [
            f"{kind} {value:.2g}{', more than rounding' * (value > rounding)}"
            for kind, value in by_kind.items()
        ]
        say(ax, f"{way}: {'; '.join(texts)}.")
    say(ax, f"Up to {rounding:g} is rounding.")
    return ax


def _kinds_of(differences: Mapping[str, Mapping[str, float]]) -> list[str]:
    """All kinds in the order in which they come, after a check that they can be drawn."""
    kinds = list(dict.fromkeys(kind for by_kind in differences.values() for kind in by_kind))
    if not 1 <= len(kinds) <= len(COLOURS):
        raise ValueError(f"differences must be of 1 to {len(COLOURS)} kinds, got {len(kinds)}")
    for way, by_kind in differences.items():
        for kind, value in by_kind.items():
            if not 0 <= value < np.inf:
                raise ValueError(f"{way}, {kind}: a difference must be 0 or above, got {value}")
    return kinds


def plot_orders(
    orders: Mapping[str, Sequence[Sequence[int]]],
    axes: Sequence[Axes] | None = None,
    *,
    per_rank: int | None = None,
) -> Sequence[Axes]:
    """The order in which examples come, a row an epoch; one grid beside the other.

    Args:
        orders: By title, the numbers of the examples in each epoch, at most 24, equally many.
        axes: As many as titles.
        per_rank: Examples of each rank, between which a white line is drawn; None for one rank.

    Raises:
        ValueError: If there are no orders, or they have too many examples or other lengths.
    """
    tables = {title: _table(title, epochs) for title, epochs in orders.items()}
    if not tables:
        raise ValueError("give at least one title with its orders, got none")
    deepest = max(len(table) for table in tables.values())
    if axes is None:
        axes = np.atleast_1d(new_axes(len(tables), height=1.1 + 0.4 * deepest))
    highest = max(int(table.max()) for table in tables.values())
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        ax.imshow(table, cmap="cividis", vmin=0, vmax=max(1, highest), aspect="auto")
        for (epoch, place), number in np.ndenumerate(table):
            look = {"color": "white" if number < highest / 2 else "black", "fontsize": 9}
            ax.text(place, epoch, str(number), ha="center", va="center", **look)
        ax.set_yticks(range(len(table)), [f"epoch {epoch}" for epoch in range(len(table))])
        for border in range(per_rank or table.shape[1], table.shape[1], per_rank or 1):
            ax.axvline(border - 0.5, color="white", lw=4)
        ranks = "examples, rank by rank" if per_rank else "examples"
        ax.set(xticks=(), xlabel=f"{ranks}, in the order in which they come", title=as_text(title))
        ax.grid(visible=False)
        kinds = len({tuple(row) for row in table.tolist()})
        rows = "; ".join(" ".join(map(str, row)) for row in table.tolist())
        say(ax, f"{title}: {len(table)} epochs in {kinds} order{'s' * (kinds > 1)}: {rows}.")
    return axes


def _table(title: str, epochs: Sequence[Sequence[int]]) -> np.ndarray:
    """The orders of one title, (epochs, examples)."""
    rows = [[int(number) for number in epoch] for epoch in epochs]
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or not 1 <= max(lengths) <= MOST_CELLS:
        raise ValueError(
            f"{title}: each epoch must have the same number of examples, 1 to {MOST_CELLS}; got "
            f"{sorted(lengths)}"
        )
    return np.array(rows)
