"""A picture or a map with the names of its classes below, as all that moves in lesson 09 has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ipywidgets
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MOST_CLASSES, MappedPictures, classes_in
from course_utils.figures.boxes import draw_picture
from course_utils.figures.maps import class_colours, draw_map, mark_pixels
from course_utils.figures.names import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.models.segmentation.segmenter import ClassMap

SIDE, ROOM = 2.7, 0.9  # inches of a map with its names, and how much higher than wide that is
ROWS = 2  # of names below a map
SHORT, LONG = (5, 2), (3, 8)  # columns of names, and letters of each


def check_pictures(pictures: MappedPictures, *, one_size: bool = True) -> None:
    """Refuse what nothing can be shown of.

    Raises:
        ValueError: If there are no pictures, or they have several sizes where they must not.
    """
    if len(pictures) == 0:
        raise ValueError("there are no pictures with maps to show; give at least one")
    if one_size and not isinstance(pictures.maps, Tensor):
        raise ValueError(
            "these pictures have several sizes; give some of one size, such as the scenes"
        )


def choose_picture(pictures: MappedPictures) -> ipywidgets.IntSlider:
    """A slider over the pictures, from 1, that starts with the first of those with most classes."""
    num_shown = classes_in(pictures)[:, 1:].sum(dim=1).tolist()
    first = 1 + num_shown.index(max(num_shown))
    return ipywidgets.IntSlider(
        first, min=1, max=len(pictures), description="picture", continuous_update=False
    )


def name_of(number: int, pictures: MappedPictures) -> str:
    """The class with that number in maps; the number itself where there is no such class."""
    names = pictures.class_names
    return names[number] if number < len(names) else str(number)


def show_picture(ax: Axes, image: Tensor) -> None:
    """Draw a picture (C, H, W), as large as maps are drawn beside it."""
    draw_picture(ax, image)
    _make_square(ax, image)
    _write_below(ax, "picture", {}, SHORT[0])


def show_map(
    ax: Axes, classes: ClassMap, pictures: MappedPictures, words: str, dotted: Tensor | None = None
) -> None:
    """Draw a map alone, in full colours, and below it words and the names of its classes.

    Args:
        ax: To draw on.
        classes: (H, W), of any numbers from 0 to 255.
        pictures: Have the names; numbers above those of their classes are named by themselves.
        words: Say what it is.
        dotted: (H, W), bool, pixels to mark.
    """
    draw_map(ax, None, classes, MOST_CLASSES - 1, opacity=1.0)
    _make_square(ax, classes)
    if dotted is not None:
        mark_pixels(ax, dotted)
    longest = max(map(len, pictures.class_names[1:]))
    columns, letters = SHORT if longest <= SHORT[1] else LONG
    colours = class_colours(MOST_CLASSES - 1)
    named = {
        number: (as_text(name_of(number, pictures), letters), tuple(colours[number]))
        for number in _most_frequent(classes, columns * ROWS)
    }
    _write_below(ax, words, named, columns)


def _most_frequent(classes: ClassMap, most: int) -> list[int]:
    """Numbers of the classes with most pixels, background apart, in their order."""
    numbers, how_many = classes[(classes != 0) & (classes != IGNORED)].unique(return_counts=True)
    return sorted(numbers[how_many.argsort(descending=True)[:most]].tolist())


def _make_square(ax: Axes, pixels: Tensor) -> None:
    """Let pictures of any shape (..., H, W) take the same room: an explorer keeps it from then."""
    height, width = pixels.shape[-2:]
    half = max(height, width) / 2 + 0.5
    ax.set(
        xlim=(width / 2 - half, width / 2 + half),
        ylim=(height / 2 + half, height / 2 - half),
        anchor="N",
    )


def _write_below(
    ax: Axes, words: str, named: Mapping[int, tuple[str, tuple]], most_columns: int
) -> None:
    """Words, and names with their colours in rows, for which there is always the same room."""
    from matplotlib.patches import Patch

    ax.set_xlabel(words, fontsize=9)
    patches = [Patch(color=colour, label=name) for name, colour in named.values()]
    columns = max(1, min(most_columns, len(patches)))
    patches += [Patch(color="none", label=" ")] * (columns + 1 - len(patches))  # a second row
    down_the_columns = [each for start in range(columns) for each in patches[start::columns]]
    ax.legend(
        handles=down_the_columns, loc="upper center", bbox_to_anchor=(0.5, -0.09), ncols=columns,
        fontsize=8, frameon=False, handlelength=0.9, handletextpad=0.4, columnspacing=0.9,
        borderaxespad=0,
    )  # fmt: skip
