"""The plot of what was predicted over what was measured, on two logarithmic axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, LEGEND_LETTERS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_LETTERS = 26  # widths that the name of a point outside of the band may take


def plot_predicted(
    measured: Mapping[str, Mapping[str, float]],
    predicted: Mapping[str, Mapping[str, float]],
    *,
    unit: str = "seconds",
    factor: float = 1.5,
    ax: Axes | None = None,
) -> Axes:
    """Predicted over measured numbers, a point for each group and name, and the line of equality.

    Args:
        measured: By group, such as what is timed or how it was predicted, and name.
        predicted: The same groups and names.
        unit: Of all numbers.
        factor: Half width of the band round equality; what lies outside is named.
        ax: Axes to draw on.

    Raises:
        ValueError: If there is nothing to draw or too much, groups or names differ, a number is not
            above 0, or ``factor`` is not above 1.
    """
    _check(measured, predicted, factor)
    ax = new_axes(width=5.6, height=4.6) if ax is None else ax
    every = [value for group in (measured, predicted) for by in group.values() for value in
             by.values()]  # fmt: skip
    ends = np.array([min(every) / 1.6, max(every) * 1.6])
    ax.plot(ends, ends, color="black", lw=1, label="predicted as measured")
    ax.fill_between(
        ends, ends / factor, ends * factor, color="0.88", zorder=0, lw=0,
        label=f"within a factor of {factor:g}",
    )  # fmt: skip
    for number, group in enumerate(predicted):
        _draw_group(ax, group, measured[group], predicted[group], factor, number)
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends, aspect="equal")
    for axis in (ax.xaxis, ax.yaxis):
        _tick(axis, ends)
    ax.set(xlabel=f"measured {unit}", ylabel=f"predicted {unit}")
    ax.legend(fontsize=8, loc="upper left")
    return ax


def _draw_group(
    ax: Axes,
    group: str,
    measured: Mapping[str, float],
    predicted: Mapping[str, float],
    factor: float,
    number: int,
) -> None:
    """The points of one group, with names for those outside of the band."""
    ratios = {name: predicted[name] / measured[name] for name in measured}
    outside = [name for name, ratio in ratios.items() if not 1 / factor <= ratio <= factor]
    look = {"color": COLOURS[number], "marker": MARKERS[number], "ms": 7, "ls": ""}
    places = list(measured.values()), [predicted[name] for name in measured]
    ax.plot(*places, label=as_text(group, LEGEND_LETTERS), **look)
    for name in outside:
        ax.annotate(
            as_text(name, NAME_LETTERS), (measured[name], predicted[name]), (7, -3),
            textcoords="offset points", fontsize=8, color=COLOURS[number],
        )  # fmt: skip
    low, high = min(ratios.values()), max(ratios.values())
    text = (
        f"{group}: {len(ratios) - len(outside)} of {len(ratios)} within a factor of {factor:g}, "
        f"predicted / measured from {low:.2f} to {high:.2f}"
    )
    names = f"; outside: {', '.join(f'{name} {ratios[name]:.2f}' for name in outside)}"
    say(ax, text + (names if outside else "") + ".")


def _tick(axis: object, ends: np.ndarray) -> None:
    """Few plain numbers, on both axes the same."""
    from matplotlib.ticker import LogLocator, NullLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if ends[1] / ends[0] < 100 else (1,)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter("{x:g}")


def _check(
    measured: Mapping[str, Mapping[str, float]],
    predicted: Mapping[str, Mapping[str, float]],
    factor: float,
) -> None:
    if not 1 <= len(predicted) <= len(COLOURS) or factor <= 1:
        raise ValueError(
            f"give 1 to {len(COLOURS)} groups and a factor above 1, got {len(predicted)} and "
            f"{factor}"
        )
    if {group: set(by) for group, by in measured.items()} != {
        group: set(by) for group, by in predicted.items()
    } or not all(predicted.values()):
        raise ValueError(
            "measured and predicted need the same groups and in each the same names, at least one; "
            f"got {sorted(measured)} and {sorted(predicted)}"
        )
    for group in predicted:
        for name, value in [*measured[group].items(), *predicted[group].items()]:
            if not 0 < value < np.inf:
                raise ValueError(f"{group}, {name}: numbers must be above 0, got {value}")
