"""The figure of seconds over the number of processes: what was measured, and what was not tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_processes(
    measured: Mapping[int, Sequence[float]],
    predicted: Mapping[int, float],
    ax: Axes | None = None,
    *,
    y_label: str = "seconds of a step",
    shared: bool = True,
) -> Axes:
    """Seconds over the number of processes: measured where tried, beyond that predicted.

    Args:
        measured: By number of processes, the seconds of each repeat.
        predicted: Seconds by number of processes, with some that were not tried.
        ax: Axes to draw on.
        y_label: What takes so long.
        shared: Whether the processes share one batch: then a line says what half, a quarter and so
            on of the seconds of the fewest processes would be.

    Raises:
        ValueError: If either has none, nothing beyond what was tried is predicted, a number of
            processes is below 1, or seconds are not above 0.
    """
    _check_processes(measured, predicted)
    ax = new_axes() if ax is None else ax
    tried, asked = sorted(measured), sorted(predicted)
    medians = {number: float(np.median(measured[number])) for number in tried}
    low, high = min(*tried, *asked) / 1.3, 1.3 * max(*tried, *asked)
    border = np.sqrt(tried[-1] * min(number for number in asked if number > tried[-1]))
    ax.axvspan(border, high, color="0.93", zorder=0)
    ax.text(border * 1.04, 0.97, "not tried", va="top", transform=ax.get_xaxis_transform())
    for number in tried:
        dots = {"color": COLOURS[0], "marker": ".", "ms": 4, "ls": "", "alpha": 0.5}
        ax.plot([number] * len(measured[number]), measured[number], **dots)
    ax.plot(tried, list(medians.values()), color=COLOURS[0], marker="o", label="measured, median")
    look = {"color": COLOURS[1], "marker": "s", "mfc": "white", "ls": "--"}
    ax.plot(asked, [predicted[number] for number in asked], label="predicted", **look)
    if shared:
        places = np.geomspace(tried[0], asked[-1], 50)
        share = medians[tried[0]] * tried[0] / places
        ax.plot(places, share, color="0.5", ls=":", label="shared without loss")
    top = max(*predicted.values(), *(max(seconds) for seconds in measured.values()))
    ax.set(xscale="log", xlim=(low, high), ylim=(0, 1.2 * top), xlabel="processes", ylabel=y_label)
    ax.set_xticks(sorted({*tried, *asked}))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.legend(fontsize=8)
    _say_processes(ax, medians, predicted, y_label)
    return ax


def _say_processes(
    ax: Axes, medians: Mapping[int, float], predicted: Mapping[int, float], y_label: str
) -> None:
    def in_words(seconds: Mapping[int, float]) -> str:
        return ", ".join(f"{seconds[number]:.3g} with {number}" for number in sorted(seconds))

    last = max(medians)
    again = {number: seconds for number, seconds in predicted.items() if number <= last}
    beyond = {number: seconds for number, seconds in predicted.items() if number > last}
    say(ax, f"{y_label.capitalize()}, measured by number of processes: {in_words(medians)}.")
    if again:
        say(ax, f"Predicted for these: {in_words(again)}.")
    say(ax, f"Predicted, not tried: {in_words(beyond)}.")


def _check_processes(
    measured: Mapping[int, Sequence[float]], predicted: Mapping[int, float]
) -> None:
    if not measured or not predicted or max(predicted) <= max(measured):
        raise ValueError(
            "give seconds that were measured, and some predicted for more processes than those; "
            f"got {sorted(measured)} measured and {sorted(predicted)} predicted"
        )
    for number, seconds in [*measured.items(), *((n, [s]) for n, s in predicted.items())]:
        if number < 1 or len(seconds) == 0 or not all(0 < each < np.inf for each in seconds):
            raise ValueError(f"with {number} processes: seconds must be above 0, got {seconds}")
