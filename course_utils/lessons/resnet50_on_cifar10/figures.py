"""The figures of lesson 06 that no other lesson draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from course_utils.evaluation.comparison import Comparison
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, MARKERS, tick_by_powers

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_side_by_side(pictures: Mapping[str, Tensor], filter_size: int) -> np.ndarray:
    """Pictures (C, H, W) of several sizes, drawn equally large, with what one filter sees of each.

    Args:
        pictures: By their titles; from 0 to 1.
        filter_size: Pixels a side that a filter of the first layer covers.
    """
    from matplotlib.patches import Rectangle  # here: matplotlib waits for the first figure

    axes = np.atleast_1d(new_axes(len(pictures), width=2.2, height=2.8))
    for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
        height, width = picture.shape[-2:]
        pixels = picture.permute(1, 2, 0).numpy()
        colours = {"cmap": "gray_r", "vmin": 0, "vmax": 1} if pixels.shape[-1] == 1 else {}
        ax.imshow(pixels.squeeze(-1) if colours else pixels, **colours)
        corner = (width - filter_size) // 2 - 0.5, (height - filter_size) // 2 - 0.5
        ax.add_patch(Rectangle(corner, filter_size, filter_size, fill=False, ec=COLOURS[1], lw=2.5))
        ax.set_title(f"{title}\n{height} x {width}", fontsize=10)
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
        ax.spines[:].set(visible=True, color="gray")
        say(ax, f"{title}: {height} x {width} pixels.")
    say(axes[0], f"The square in each marks {filter_size} x {filter_size} pixels, what one filter "
        "sees.")  # fmt: skip
    return axes


def plot_differences(
    groups: Mapping[str, Mapping[str, Comparison]], *, x_label: str, y_label: str
) -> Axes:
    """Paired differences with their intervals, a row for each entry and a colour for each group."""
    rows = list(dict.fromkeys(name for group in groups.values() for name in group))
    ax = new_axes(width=7.0, height=1.2 + 0.55 * len(rows))
    ax.axvline(0, color="black", lw=1)
    for number, (group, comparisons) in enumerate(groups.items()):
        shift = 0.24 * (number - (len(groups) - 1) / 2)
        places = [rows.index(name) + shift for name in comparisons]
        ends = np.array([(each.low, each.high) for each in comparisons.values()])  # (rows, 2)
        differences = np.array([each.difference for each in comparisons.values()])
        ax.errorbar(
            differences, places, xerr=np.abs(ends.T - differences), label=group, ls="",
            color=COLOURS[number], marker=MARKERS[number], ms=7, capsize=4,
        )  # fmt: skip
        for name, each in comparisons.items():
            say(
                ax,
                f"{group}, {name}: {each.difference:+.3f} [{each.low:+.3f}, {each.high:+.3f}].",
            )
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=x_label, ylabel=y_label, ylim=(len(rows) - 0.4, -0.6))
    if len(groups) > 1:
        ax.legend(fontsize=9, ncols=len(groups), loc="lower right", bbox_to_anchor=(1, 1))
    return ax


def plot_dots(values: Mapping[str, float], *, x_label: str, ax: Axes) -> Axes:
    """A dot for each entry on a logarithmic scale, where the length of a bar would mean nothing."""
    names, places = list(values), list(values.values())
    rows = range(len(names))
    ax.hlines(rows, 0, 1, transform=ax.get_yaxis_transform(), color="lightgray", lw=0.8, zorder=1)
    ax.plot(places, rows, ls="", marker=MARKERS[0], ms=8, color=COLOURS[0])
    ax.set_yticks(rows, names)
    ax.set(xscale="log", xlabel=x_label, ylim=(len(names) - 0.4, -0.6))
    ax.set_xlim(min(places) / 2, max(places) * 2)
    tick_by_powers(ax)
    for name, value in values.items():
        say(ax, f"{name}: {x_label} {value:,.3g}.")
    return ax
