"""Pictures with maps of classes laid over them: what is true, what was found, where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.plain_text import counted
from course_utils.figures.axes import new_axes, say
from course_utils.figures.boxes import draw_picture
from course_utils.figures.names import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.models.segmentation.segmenter import ClassMap

WIDTH = 9.8  # inches of a page
LEAST_COLUMNS = 5  # of which it has room for, so that a few pictures do not grow beyond it
OPACITY = 0.6  # of a class over the picture
NOT_COUNTED = (0.8, 0.8, 0.8)  # the colour of pixels that do not count
GOLDEN = 0.618034  # of a circle: hues that far apart never come close to one another
LEGEND_CLASSES, NAME_LETTERS = 20, 12


def class_colours(num_classes: int) -> np.ndarray:
    """Colours (1 + K, 3) from 0 to 1, background first; the same for a class however many others.

    Args:
        num_classes: K; background is none of them.
    """
    from matplotlib.colors import hsv_to_rgb

    number = np.arange(num_classes)
    hue = (0.58 + GOLDEN * number) % 1
    saturation = np.choose(number % 3, (0.85, 0.6, 1.0))
    value = np.choose(number % 2, (0.85, 0.65))
    colours = hsv_to_rgb(np.stack([hue, saturation, value], axis=1))
    return np.concatenate([np.zeros((1, 3)), colours])


def draw_map(
    ax: Axes, image: Tensor | None, classes: ClassMap, num_classes: int, opacity: float = OPACITY
) -> None:
    """Draw a map over its picture; background shows the picture, and what does not count is grey.

    Args:
        ax: Axes to draw on.
        image: (C, H, W); None for a white sheet.
        classes: (H, W).
        num_classes: K; background is none of them.
        opacity: Of the classes, from 0 to 1.
    """
    classes = classes.cpu().numpy()
    shown = image if image is not None else torch.ones(3, *classes.shape)
    draw_picture(ax, shown)
    height, width = classes.shape
    colours = np.concatenate([class_colours(num_classes), [NOT_COUNTED]])
    number = np.where(classes == IGNORED, len(colours) - 1, classes)
    over = np.dstack([colours[number], np.where(number == 0, 0.0, opacity)])
    ax.imshow(over, extent=(0, width, height, 0), interpolation="nearest")


def plot_maps(
    pictures: MappedPictures,
    found: Mapping[str, Sequence[ClassMap]] | None = None,
    *,
    columns: int = 5,
    what: str,
) -> np.ndarray:
    """Pictures with their true maps, in rows of ``columns``; or a row for each kind of map.

    Args:
        pictures: N of them.
        found: N maps for each name. The true maps come first, all N beside one another; a pixel
            that is wrong has a black dot.
        columns: Pictures side by side, where nothing was found.
        what: Names the pictures in words.
    """
    rows = {"true": pictures.maps, **(found or {})}
    if found is not None:
        columns, side = len(pictures), WIDTH / max(LEAST_COLUMNS, len(pictures))
    else:
        side = WIDTH / columns
    num_rows = -(-len(rows) * len(pictures) // columns)
    axes = np.atleast_1d(new_axes(columns, rows=num_rows, width=side, height=side))
    flat = list(axes.flat)
    shown = [(name, place) for name in rows for place in range(len(pictures))]
    for ax, (name, place) in zip(flat, shown, strict=False):
        draw_map(ax, pictures.images[place], rows[name][place], pictures.num_classes)
        if name != "true":
            mark_pixels(ax, are_wrong(rows[name][place], pictures.maps[place]))
        if found is not None and place == 0:
            ax.set_ylabel(as_text(name, 2 * NAME_LETTERS), fontsize=9)
    for ax in flat[len(shown) :]:
        ax.set_axis_off()
    _add_legend(flat[0], pictures)
    say(flat[0], _sentence(pictures, found or {}, what))
    return axes


def are_wrong(found: ClassMap, true: ClassMap) -> Tensor:
    """Which pixels (H, W) count and have another class than they should."""
    return (found.cpu() != true.cpu()) & (true.cpu() != IGNORED)


def mark_pixels(ax: Axes, which: Tensor) -> None:
    """Put a black dot on some pixels of a map that is drawn, (H, W), bool.

    It has a white edge, which tells it from a dark class.
    """
    row, column = which.nonzero(as_tuple=True)
    size = 72 / max(which.shape)
    look = {"color": "black", "marker": "o", "ms": size, "mec": "white", "mew": 0.2 * size}
    ax.plot(column + 0.5, row + 0.5, ls="", **look)


def _add_legend(ax: Axes, pictures: MappedPictures) -> None:
    """The classes that the maps show, below the figure."""
    from matplotlib.patches import Patch

    there = sorted({k for true in pictures.maps for k in true.unique().tolist()} - {0, IGNORED})
    if not there or len(there) > LEGEND_CLASSES:
        return
    colours = class_colours(pictures.num_classes)
    patches = [
        Patch(color=colours[k], label=as_text(pictures.class_names[k], NAME_LETTERS)) for k in there
    ]
    look = {"fontsize": 8, "frameon": False, "handlelength": 1.0}
    ax.figure.legend(handles=patches, loc="outside lower center", ncols=10, **look)


def _sentence(pictures: MappedPictures, found: Mapping[str, Sequence[ClassMap]], what: str) -> str:
    counts = sum((true != IGNORED).sum().item() for true in pictures.maps)
    paper = sum((true == 0).sum().item() for true in pictures.maps)
    said = [
        f"{counted(len(pictures), 'picture')}: {what}; "
        f"{pictures.class_names[0]} is {paper / max(1, counts):.1%} of the pixels"
    ]
    for name, maps in found.items():
        both = zip(maps, pictures.maps, strict=True)
        wrong = sum(are_wrong(*each).sum().item() for each in both)
        said.append(f"{name}: {wrong:,} of {counts:,} pixels wrong")
    return "; ".join(said) + "."
