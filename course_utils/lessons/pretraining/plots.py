"""Figures of lesson 02 alone: one filter at work, the commonest confusions, filters of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, plot_bars, plot_images

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNED = "PuOr_r"  # orange above 0, purple below: safe for the colour-blind


def plot_filter(
    picture: Tensor, kernel: Tensor, channel: Tensor, place: tuple[int, int] | None = None
) -> Axes:
    """A picture, a filter, the channel that it makes, and what ReLU leaves of that.

    Args:
        picture: (1, 1, H, W), values 0 to 1.
        kernel: (1, 1, 3, 3).
        channel: (1, 1, H, W), the filter's answers.
        place: Row and column of one answer, framed, as is the patch that it comes from; None for
            the largest.
    """
    axes = new_axes(4, width=2.6, height=2.9)
    row, column = place or divmod(int(channel.argmax()), channel.shape[3])
    top = channel.abs().max().item()
    rectified = channel.clamp(min=0)
    _draw_numbers(axes[0], picture, "picture", cmap="gray_r", vmin=0, vmax=1)
    _draw_numbers(axes[1], kernel, "filter", digits=True, cmap=SIGNED, vmin=-3, vmax=3)
    for ax, values, title in [(axes[2], channel, "channel"), (axes[3], rectified, "after ReLU")]:
        _draw_numbers(ax, values, title, cmap=SIGNED, vmin=-top, vmax=top)
    _frame(axes[0], row - 1, column - 1, 3)
    _frame(axes[2], row, column, 1)
    number = channel[0, 0, row, column]
    say(
        axes[0],
        "A picture, a filter of 3x3 numbers, its answer at each place, and the same with "
        f"negative answers set to 0. Framed: a patch of 3x3 pixels and the answer to it, "
        f"{number:.2f}. Answers go from {channel.min():.2f} to {channel.max():.2f}; "
        f"{(rectified > 0).float().mean():.0%} of them are above 0.",
    )
    return axes


def plot_filters(start: Tensor, now: Tensor) -> Axes:
    """Filters (N, 1, 3, 3) of a first layer: as they started, below them as they are now."""
    filters = torch.cat([start, now])
    sheet = filters / (2 * filters.abs().amax((2, 3), keepdim=True)) + 0.5
    ax = new_axes(width=0.62 * len(start), height=1.7)
    what = f"the {len(start)} first filters at the start, below them after pretraining"
    plot_images(sheet, columns=len(start), what=what, ax=ax)
    for row, words in enumerate(["start", "now"]):
        ax.text(-1.2, 4 * row + 1, words, ha="right", va="center", fontsize=11)
    return ax


def plot_confusions(labels: Tensor, answers: Tensor, names: Sequence[str], count: int = 10) -> Axes:
    """The commonest wrong answers, most frequent first: how often which was taken for which.

    Args:
        labels: (N,), int64.
        answers: (N,), int64.
        names: Of the classes.
        count: How many confusions to show, at most.
    """
    wrong = labels != answers
    pairs = torch.stack([labels[wrong], answers[wrong]], 1)
    kinds, times = pairs.unique(dim=0, return_counts=True)
    order = times.argsort(descending=True, stable=True)[:count]
    bars = {f"{names[a]} as {names[b]}": int(n) for (a, b), n in
            zip(kinds[order].tolist(), times[order], strict=True)}  # fmt: skip
    ax = plot_bars(bars, x_label=f"times among {len(labels):,} letters")
    shown = times[order].sum() / wrong.sum()
    say(ax, f"These are {shown:.0%} of all {wrong.sum()} mistakes.")
    return ax


def _draw_numbers(ax: Axes, values: Tensor, title: str, digits: bool = False, **look: Any) -> None:
    numbers = values[0, 0].numpy()
    ax.imshow(numbers, **look)
    ax.set_title(title, fontsize=12)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    ax.spines[:].set_visible(True)
    for (row, column), number in np.ndenumerate(numbers if digits else np.empty((0, 0))):
        ax.text(column, row, f"{number:g}", ha="center", va="center", fontsize=13)


def _frame(ax: Axes, row: int, column: int, size: int) -> None:
    """Draw a frame around ``size`` x ``size`` pixels."""
    left, right, top, bottom = column - 0.5, column + size - 0.5, row - 0.5, row + size - 0.5
    x, y = [left, right, right, left, left], [top, top, bottom, bottom, top]
    ax.autoscale(False)  # a frame may reach beyond the picture
    ax.plot(x, y, color=COLOURS[0], lw=3)
