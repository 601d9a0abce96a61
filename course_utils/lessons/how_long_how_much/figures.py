"""The figures of lesson 14 on time and memory: what was predicted beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.costs.memory import MemoryBound
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, LEGEND_LETTERS, MARKERS
from course_utils.files import size_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_LETTERS = 34  # widths that the name of a network or run may take beside its row
HATCHES = ("", "///", "\\\\\\", "...")  # a second sign beside colour
# What the parts of a ``MemoryBound`` are called.
PARTS = {
    "weights": "weights",
    "gradients": "gradients",
    "optimizer": "optimizer",
    "kept": "kept activations",
}
MEGABYTE = 1e6
# A legend over the axes: a row of bars is as wide as they are.
ABOVE = {
    "fontsize": 8,
    "loc": "lower center",
    "bbox_to_anchor": (0.5, 1),
    "ncols": 3,
    "frameon": False,
}


def plot_predicted(
    measured: Mapping[str, float],
    predicted: Mapping[str, Mapping[str, float]],
    *,
    factor: float = 1.5,
    ax: Axes | None = None,
) -> Axes:
    """Predicted over measured seconds, a point for each network and way of predicting.

    Args:
        measured: Seconds by network.
        predicted: Seconds by way of predicting, such as by peak only, and network.
        factor: Half width of the band round equality; what lies outside is named.
        ax: Axes to draw on.

    Raises:
        ValueError: If there is nothing to draw, a way has other networks, a number is not above 0,
            or ``factor`` is not above 1.
    """
    check_positive({"measured": measured, **predicted})
    if not predicted or len(predicted) > len(COLOURS) or factor <= 1:
        raise ValueError(
            f"give 1 to {len(COLOURS)} ways of predicting and a factor above 1, got "
            f"{len(predicted)} and {factor}"
        )
    ax = new_axes(width=5.6, height=4.6) if ax is None else ax
    every = [*measured.values(), *(s for way in predicted.values() for s in way.values())]
    ends = np.array([min(every) / 1.6, max(every) * 1.6])
    ax.plot(ends, ends, color="black", lw=1, label="predicted as measured")
    ax.fill_between(ends, ends / factor, ends * factor, color="0.88", zorder=0, lw=0,
                    label=f"within a factor of {factor:g}")  # fmt: skip
    for number, (way, seconds) in enumerate(predicted.items()):
        _draw_way(ax, way, measured, seconds, factor, number)
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
    ax.set(xlabel="measured seconds", ylabel="predicted seconds")
    ax.legend(fontsize=8, loc="upper left")
    return ax


def _draw_way(
    ax: Axes,
    way: str,
    measured: Mapping[str, float],
    seconds: Mapping[str, float],
    factor: float,
    number: int,
) -> None:
    """The points of one way of predicting, with names for those outside of the band."""
    ratios = {name: seconds[name] / measured[name] for name in measured}
    outside = [name for name, ratio in ratios.items() if not 1 / factor <= ratio <= factor]
    look = {"color": COLOURS[number], "marker": MARKERS[number], "ms": 7, "ls": ""}
    ax.plot(
        list(measured.values()), [seconds[name] for name in measured],
        label=as_text(way, LEGEND_LETTERS), **look,
    )  # fmt: skip
    for name in outside:
        ax.annotate(
            as_text(name, NAME_LETTERS), (measured[name], seconds[name]), (7, -3),
            textcoords="offset points", fontsize=8, color=COLOURS[number],
        )  # fmt: skip
    low, high = min(ratios.values()), max(ratios.values())
    text = (
        f"{way}: {len(ratios) - len(outside)} of {len(ratios)} networks within a factor of "
        f"{factor:g}, predicted / measured from {low:.2f} to {high:.2f}"
    )
    names = f"; outside: {', '.join(f'{name} {ratios[name]:.2f}' for name in outside)}"
    say(ax, text + (names if outside else "") + ".")


def plot_memory(
    bounds: Mapping[str, MemoryBound], measured: Mapping[str, float], *, ax: Axes | None = None
) -> Axes:
    """A bar for each network of the parts of its lower bound, beside the growth measured.

    Args:
        bounds: By network.
        measured: Bytes by network.
        ax: Axes to draw on.

    Raises:
        ValueError: If there are no networks, or others were measured, or a number is not above 0.
    """
    check_positive({"bounds": {name: one.total for name, one in bounds.items()},
                    "measured": measured})  # fmt: skip
    ax = new_axes(height=1.7 + 0.5 * len(bounds)) if ax is None else ax
    left = np.zeros(len(bounds))
    for number, (part, label) in enumerate(PARTS.items()):
        sizes = np.array([getattr(bound, part) / MEGABYTE for bound in bounds.values()])
        look = {"color": COLOURS[number], "hatch": HATCHES[number], "alpha": 0.8}
        ax.barh(range(len(bounds)), sizes, 0.55, left=left, label=label, ec="white", **look)
        left += sizes
    truths = np.array([measured[name] / MEGABYTE for name in bounds])
    ax.plot(truths, range(len(bounds)), color="black", marker="D", ms=7, ls="", label="measured")
    for name, bound in bounds.items():
        share = bound.total / measured[name]
        truth = size_text(measured[name])
        say(ax, f"{name}: {bound}; measured {truth}, the bound is {share:.2f} of it.")
    name_rows(ax, list(bounds))
    ax.set(xlabel="MB", xlim=(0, 1.08 * max(left.max(), truths.max())))
    ax.legend(**ABOVE)
    return ax


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Names beside the rows, the first row on top."""
    ax.set_yticks(range(len(names)), [as_text(name, NAME_LETTERS) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)


def check_positive(groups: Mapping[str, Mapping[str, float]]) -> None:
    """Refuse groups that have other names than the first, or have none, or numbers not above 0."""
    first = next(iter(groups.values()))
    for group, values in groups.items():
        if not values or set(values) != set(first):
            raise ValueError(f"{group} needs numbers for {list(first)}, got {list(values)}")
        for name, value in values.items():
            if not 0 < value < np.inf:
                raise ValueError(f"{group}, {name}: must be above 0 and finite, got {value}")
