"""One layer's output for one picture in both networks, as pictures, and what they differ by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.data.plain_text import counted
from course_utils.figures.axes import new_axes, say
from course_utils.lessons.keras_and_tensorflow.figures import ROUNDING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE, ROOM = 3.1, 0.85  # inches of a map, and of the words below it
MOST_WRITTEN = 16  # numbers that have room to be written
SMALLEST = 8  # pixels a side to which small maps are enlarged


def plot_layer(
    torch_map: ArrayLike, keras_map: ArrayLike, axes: Sequence[Axes] | None = None
) -> Sequence[Axes]:
    """What a layer makes of one picture in both networks, and the difference, channel by channel.

    All three have one scale, so that rounding leaves the third one blank. A small difference that
    is more than rounding is drawn 10, 100, ... times as large, and the label says so.

    Args:
        torch_map: (H, W, C), or (D,) where no picture comes out.
        keras_map: The same.
        axes: Three to draw on.

    Raises:
        ValueError: If the two have not the same shape, or it is another one.
    """
    maps = [np.asarray(each, dtype=float) for each in (torch_map, keras_map)]
    if maps[0].shape != maps[1].shape or maps[0].ndim not in (1, 3) or not maps[0].size:
        shapes = f"{maps[0].shape} and {maps[1].shape}"
        raise ValueError(f"both maps must be (H, W, C) or (D,), of one shape, got {shapes}")
    axes = new_axes(3, width=SIDE, height=SIDE + ROOM) if axes is None else axes
    apart = maps[1] - maps[0]
    most, scale = float(np.abs(apart).max()), float(np.abs(maps).max()) or 1.0
    times = 10 ** max(0, math.floor(math.log10(scale / most))) if most > ROUNDING else 1
    words = [
        f"{name}: {each.min():.3g} to {each.max():.3g}"
        for name, each in zip(("torch", "Keras"), maps, strict=True)
    ]
    words.append(f"Keras - torch: at most {most:.2g}{f', drawn x {times}' if times > 1 else ''}")
    tables, scales = (*maps, apart), (scale, scale, scale / times)
    for ax, table, strongest, label in zip(axes, tables, scales, words, strict=True):
        _draw_sheet(ax, table, strongest)
        ax.set_xlabel(label, fontsize=9)
    size = " by ".join(map(str, maps[0].shape[:-1]))
    channels = counted(maps[0].shape[-1], "channel" if size else "number")
    say(axes[0], f"{channels}{f' of {size}' * bool(size)}. {'. '.join(words)}.")
    say(axes[0], "Orange is above 0, purple below.")
    return axes


def _draw_sheet(ax: Axes, table: np.ndarray, strongest: float) -> None:
    """The channels of a map as one picture; of a few numbers, the numbers as well.

    Args:
        ax: To draw on.
        table: (H, W, C) or (D,).
        strongest: The number that has the strongest colour.
    """
    sheet = _sheet(table)
    look = {"cmap": "PuOr_r", "vmin": -strongest, "vmax": strongest, "zorder": 1}
    ax.imshow(sheet, interpolation="nearest", **look)
    if table.ndim == 1 and len(table) <= MOST_WRITTEN:
        for number, value in enumerate(table):
            row, column = divmod(number, sheet.shape[1])
            colour = "white" if abs(value) > 0.7 * strongest else "black"
            style = {"ha": "center", "va": "center", "fontsize": 8, "color": colour}
            ax.text(column, row, f"{number}:\n{value:.2g}", **style)
    ax.set(xticks=[], yticks=[], anchor="N")
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color="lightgrey")


def _sheet(table: np.ndarray) -> np.ndarray:
    """The channels of a map (H, W, C) or (D,) beside one another, with gaps, nearly a square.

    Small maps are enlarged to 8 pixels, so that gaps are as wide in all.
    """
    if table.ndim == 1:
        columns = math.ceil(math.sqrt(len(table)))
        filled = np.full(-(-len(table) // columns) * columns, np.nan)
        filled[: len(table)] = table
        return filled.reshape(-1, columns)
    times = max(1, SMALLEST // table.shape[1])
    tiles = table.repeat(times, axis=0).repeat(times, axis=1).transpose(2, 0, 1)
    columns = math.ceil(math.sqrt(len(tiles)))
    rows = -(-len(tiles) // columns)
    blank = np.full((rows * columns, *(side + 1 for side in tiles.shape[1:])), np.nan)
    blank[: len(tiles), :-1, :-1] = tiles
    high, wide = blank.shape[1:]
    sheet = blank.reshape(rows, columns, high, wide).transpose(0, 2, 1, 3)
    return sheet.reshape(rows * high, columns * wide)[:-1, :-1]
