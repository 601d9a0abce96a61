"""The filters that make bands of a sound's frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.data.sounds.log_mel import FRAME, RATE, SIZE, mel_filters
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS, LINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_filters(filters: Tensor | None = None, ax: Axes | None = None) -> Axes:
    """What each frequency of a frame counts in each band.

    Args:
        filters: (M, FRAME // 2 + 1), each row a band; by default those of ``mel_filters``.
        ax: Axes to draw on.

    Raises:
        ValueError: If ``filters`` has another shape, or a band in which nothing counts.
    """
    table = (mel_filters(SIZE) if filters is None else filters).detach().cpu().numpy()
    if table.ndim != 2 or table.shape[1] != FRAME // 2 + 1 or not (table > 0).any(axis=1).all():
        raise ValueError(
            f"filters must be (bands, {FRAME // 2 + 1}), each band with a value above 0, got "
            f"{table.shape}; of many bands the lowest may lie between two frequencies"
        )
    ax = new_axes(height=2.6) if ax is None else ax
    frequencies = np.linspace(0, RATE / 2, table.shape[1])
    for band, row in enumerate(table):
        ax.plot(frequencies, row, color=COLOURS[band % 2], ls=LINES[band % 2], lw=1.3)
    ax.set(xlabel="frequency in Hz", ylabel="counts as")
    peaks, num_counted = frequencies[table.argmax(axis=1)], (table > 0).sum(axis=1)
    say(
        ax,
        f"{counted(len(table), 'filter')}, one a band, their peaks from {peaks[0]:,.0f} to "
        f"{peaks[-1]:,.0f} Hz; of the {table.shape[1]} frequencies of a frame, "
        f"{num_counted[0]} count in the lowest band and {num_counted[-1]} in the highest.",
    )
    return ax
