"""The figure of lesson 14 on published runs: what a rule predicts beside what was published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, MARKERS, tick_by_powers
from course_utils.lessons.how_long_how_much.figures import ABOVE, check_positive, name_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PREDICTED = {"color": COLOURS[0], "marker": MARKERS[0], "ms": 8, "ls": ""}
PUBLISHED = {"color": "black", "marker": "D", "ms": 7, "ls": ""}


def plot_published(
    predicted: Mapping[str, float],
    published: Mapping[str, float],
    *,
    x_label: str,
    made_from: Collection[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """A row for each published run: what the rule predicts beside what its source says.

    Args:
        predicted: In the unit of ``x_label``, by run.
        published: The same.
        x_label: Quantity and unit.
        made_from: Runs that the rule was made from, drawn hollow: they are no trial of it.
        ax: Axes to draw on.

    Raises:
        ValueError: If the runs differ, or a number is not above 0.
    """
    check_positive({"published": published, "predicted": predicted})
    ax = new_axes(height=1.4 + 0.45 * len(published)) if ax is None else ax
    for row, (name, truth) in enumerate(published.items()):
        _draw_run(ax, row, predicted[name], truth, is_trial=name not in made_from)
        kind = "" if name not in made_from else "; the rule was made from it"
        say(
            ax,
            f"{name}: {x_label} predicted {predicted[name]:.3g}, published {truth:.3g}: "
            f"{predicted[name] / truth:.2f} of it{kind}.",
        )
    ax.plot([], [], label="predicted", **PREDICTED)
    if made_from:
        ax.plot([], [], label="rule made from it", mfc="white", **PREDICTED)
    ax.plot([], [], label="published", **PUBLISHED)
    name_rows(ax, list(published))
    every = [*predicted.values(), *published.values()]
    ax.set(xscale="log", xlabel=x_label, xlim=(min(every) / 2, 4 * max(every)))
    tick_by_powers(ax)
    ax.legend(**ABOVE)
    return ax


def _draw_run(ax: Axes, row: int, predicted: float, published: float, *, is_trial: bool) -> None:
    """Both numbers of one run, and beside them how many times as large the first is."""
    ax.plot([predicted, published], [row, row], color="0.6", lw=2, zorder=1)
    ax.plot(predicted, row, **PREDICTED, **({} if is_trial else {"mfc": "white"}))
    ax.plot(published, row, **PUBLISHED)
    ax.annotate(
        f"{predicted / published:.2f}", (max(predicted, published), row), (9, 0),
        textcoords="offset points", va="center", fontsize=8,
    )  # fmt: skip
