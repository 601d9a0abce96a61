"""How many pictures a folder has of each class, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.data.plain_text import shorten
from course_utils.data.survey import Survey
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 30  # classes whose names fit beside their bars; of more, the bars go by size
HATCHES = ("", "///", "...")  # a second sign beside colour
NAME = 24  # columns of a name at most


def plot_class_counts(survey: Survey, ax: Axes | None = None) -> Axes:
    """One bar per class, its parts one after the other where the folder brings parts."""
    counts, names = survey.counts, survey.found.class_names
    by_size = counts.sum(0).argsort(descending=True, stable=True)
    order = list(range(len(names))) if len(names) <= NAMED else by_size.tolist()
    height = max(3.8, 0.22 * min(len(names), NAMED))
    ax = new_axes(height=height) if ax is None else ax
    left = counts.new_zeros(len(names))
    for number, part in enumerate(survey.parts or ("pictures",)):
        sizes = counts[number][order]
        look = {"color": COLOURS[number], "hatch": HATCHES[number], "edgecolor": "white"}
        ax.barh(range(len(order)), sizes.tolist(), left=left.tolist(), label=part, **look)
        left = left + sizes
    ax.invert_yaxis()
    ax.set_xlabel("pictures")
    ax.set_ylabel("class" if len(names) <= NAMED else "classes, the largest first")
    if len(names) <= NAMED:
        shown = [shorten(name, NAME) for name in names]
        ax.set_yticks(range(len(names)), shown, parse_math=False)  # a $ is no formula here
    if survey.parts:
        ax.legend(fontsize=8)
    totals, most, least = counts.sum(0), int(by_size[0]), int(by_size[-1])
    say(
        ax,
        f"{int(totals.sum()):,} pictures of {len(names):,} classes, from {int(totals[least]):,} of "
        f"{shorten(names[least], NAME)} to {int(totals[most]):,} of {shorten(names[most], NAME)}.",
    )
    return ax
