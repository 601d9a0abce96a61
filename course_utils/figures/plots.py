"""The plots that several lessons share: curves, repeats, bars, histograms and sheets of pictures.

Each draws on ``ax`` (or on new axes), labels both axes, says in words what it shows, and returns
the axes. Colours are safe for the colour-blind; line and marker differ as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.data.batches import read_batches
from course_utils.data.streamed import StreamedImages
from course_utils.evaluation.scores import seed_interval
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Source: Okabe and Ito, "Color Universal Design" (2008); black is kept for guesses and truths.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
ANYWHERE = (-np.inf, np.inf)  # to where the interval of a mean may reach
MARKERS = ("o", "s", "^", "D", "v", "P")  # a second sign beside colour
LEGEND_LETTERS, TITLE_LETTERS = 40, 8  # widths that names may take in a legend, over a picture
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))


def plot_curves(
    curves: Mapping[str, ArrayLike],
    *,
    x: ArrayLike | None = None,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    log_y: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """One line per entry of ``curves`` over ``x`` (default: 1, 2, 3, ...)."""
    ax = new_axes() if ax is None else ax
    for number, (name, values) in enumerate(curves.items()):
        y = np.asarray(values, dtype=float)
        places = np.arange(1, len(y) + 1) if x is None else np.asarray(x)
        ax.plot(
            places,
            y,
            label=as_text(name, LEGEND_LETTERS),
            markevery=max(1, len(y) // 8),
            **line_style(number),
        )
        low = int(np.nanargmin(y))
        say(
            ax,
            f"{name}: {y_label} from {y[0]:.3g} to {y[-1]:.3g}, lowest {y[low]:.3g} "
            f"at {x_label} {places[low]:.4g}.",
        )
    _finish(ax, x_label, y_label, log_x=log_x, log_y=log_y, legend=len(curves) > 1)
    return ax


def plot_repeats(
    repeats: Mapping[str, ArrayLike],
    *,
    x: ArrayLike,
    x_label: str,
    y_label: str,
    log_x: bool = True,
    within: tuple[float, float] = ANYWHERE,
    first: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Mean over repeats with its 95 % t-interval, one line per entry, each (repeats, places).

    ``within`` cuts the intervals, such as ``SHARES`` those of accuracies. ``first`` is the number
    of the first line's look: what is shown in several figures keeps its.
    """
    ax = new_axes() if ax is None else ax
    places = np.asarray(x, dtype=float)
    for number, (name, values) in enumerate(repeats.items(), start=first):
        table = np.asarray(values, dtype=float)  # (R, X)
        mean, _, _ = draw_interval(ax, places, table, name, number, within)
        at = ", ".join(f"{m:.3f} at {p:g}" for m, p in zip(mean, places, strict=True))
        say(ax, f"{name}, mean {y_label} of {len(table)} repeats: {at}.")
    _finish(ax, x_label, y_label, log_x=log_x, legend=len(repeats) > 1 or first > 0)
    if log_x:
        ax.set_xticks(places, [f"{place:g}" for place in places])
        ax.minorticks_off()
    return ax


def plot_bars(
    values: Mapping[str, float],
    *,
    x_label: str,
    intervals: Mapping[str, tuple[float, float]] | None = None,
    log_x: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """One horizontal bar per entry, with its interval where there is one."""
    ax = new_axes() if ax is None else ax
    names, lengths = list(values), np.array(list(values.values()), dtype=float)
    errors = None
    if intervals is not None:
        bounds = np.array([intervals[name] for name in names])  # (bars, 2)
        errors = np.abs(bounds.T - lengths)
    ax.barh(range(len(names)), lengths, xerr=errors, color=COLOURS[0], alpha=0.8, capsize=4)
    ax.set_yticks(range(len(names)), [as_text(name) for name in names])
    ax.invert_yaxis()
    for name, length in zip(names, lengths, strict=True):
        number = f"{length:,.0f}" if length >= 1000 else f"{length:.3g}"
        text = f"{name}: {x_label} {number}"
        if intervals is not None:
            text += f" [{intervals[name][0]:.3g}, {intervals[name][1]:.3g}]"
        say(ax, text + ".")
    _finish(ax, x_label, "", log_x=log_x)
    if log_x:
        ax.xaxis.set_major_formatter("{x:g}")  # 10, not 10 to the power of 1
    return ax


def plot_histogram(
    groups: Mapping[str, ArrayLike], *, x_label: str, y_label: str, ax: Axes | None = None
) -> Axes:
    """How often each value came out, one outline per entry over common bins."""
    ax = new_axes() if ax is None else ax
    arrays = {name: np.asarray(values, dtype=float) for name, values in groups.items()}
    bins = np.histogram_bin_edges(np.concatenate(list(arrays.values())), bins=24)
    for number, (name, values) in enumerate(arrays.items()):
        colour, line = COLOURS[number], LINES[number]
        look = {"label": as_text(name, LEGEND_LETTERS), "color": colour, "ls": line, "lw": 1.8}
        ax.hist(values, bins, histtype="step", **look)
        low, high = np.quantile(values, [0.05, 0.95])
        say(
            ax,
            f"{name}: {x_label} {values.mean():.3g} on average over {len(values)}, "
            f"9 in 10 between {low:.3g} and {high:.3g}.",
        )
    _finish(ax, x_label, y_label, legend=len(arrays) > 1)
    return ax


def plot_images(
    images: Tensor | StreamedImages,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 10,
    what: str,
    ax: Axes | None = None,
) -> Axes:
    """Pictures (N, C, H, W) in rows of ``columns``, as one sheet; ``what`` names them in words.

    They may be float32 from 0 to 1, uint8, or streamed from files.
    """
    rows = -(-len(images) // columns)
    if ax is None:
        ax = new_axes(width=0.62 * columns, height=(0.62 + 0.2 * bool(titles)) * rows)
    _, channels, height, width = images.shape
    gap = 1 + 2 * bool(titles) * height // 8
    sheet = np.full((rows * (height + gap), columns * (width + 1), channels), np.nan)
    (pictures,) = read_batches(images, [torch.arange(len(images))], torch.device("cpu"))
    for number, image in enumerate(pictures):
        top, left = number // columns * (height + gap), number % columns * (width + 1)
        sheet[top : top + height, left : left + width] = image.permute(1, 2, 0)
        if titles:
            ax.text(
                left + width / 2,
                top + height + gap / 2 - 0.5,
                as_text(titles[number], TITLE_LETTERS),
                ha="center",
                va="center",
                fontsize=8,
            )
    colours = {"cmap": "gray_r", "vmin": 0, "vmax": 1} if channels == 1 else {}
    ax.imshow(sheet.squeeze() if channels == 1 else np.nan_to_num(sheet, nan=1.0), **colours)
    ax.set_axis_off()
    say(ax, f"{len(images)} picture{'s' if len(images) != 1 else ''}: {what}.")
    return ax


def draw_interval(
    ax: Axes,
    places: ArrayLike,
    repeats: np.ndarray,
    name: str,
    number: int,
    within: tuple[float, float] = ANYWHERE,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw one line with its band; mean and ends of the 95 % t-interval, each (places,).

    Args:
        ax: Axes to draw on.
        places: Of the points.
        repeats: (repeats, places).
        name: For the legend.
        number: Of the line, which decides how it looks.
        within: Ends that no interval passes.
    """
    mean, low, high = np.array([seed_interval(column, within=within) for column in repeats.T]).T
    style = line_style(number)
    ax.plot(places, mean, label=as_text(name, LEGEND_LETTERS), **style)
    ax.fill_between(places, low, high, color=style["color"], alpha=0.2, linewidth=0)
    return mean, low, high


def line_style(number: int) -> dict[str, object]:
    """Colour, marker and line of the curve with that number, counted from 0."""
    return {"color": COLOURS[number], "marker": MARKERS[number], "ls": LINES[number], "ms": 4}


def _finish(
    ax: Axes,
    x_label: str,
    y_label: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
    legend: bool = False,
) -> None:
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    if log_x:
        ax.set_xscale("log")
    if log_y:
        ax.set_yscale("log")
    if legend:
        ax.legend(fontsize=8)


def tick_by_powers(ax: Axes) -> None:
    """Give a logarithmic x axis few plain numbers that do not overlap.

    Its limits, set before, are a factor of four apart or more.
    """
    from matplotlib.ticker import LogLocator, NullLocator

    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 100 else (1,)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter("{x:g}")
