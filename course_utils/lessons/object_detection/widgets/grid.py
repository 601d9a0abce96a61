"""Lesson 08: what each cell of a dense detector's grid must learn of a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.figures.axes import say
from course_utils.figures.boxes import draw_picture
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS
from course_utils.lessons.object_detection.widgets.scene import (
    TRUTH,
    fullest,
    mark_box,
)
from course_utils.models.detection.cells import cell_centres, cells_of_boxes
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDES = ("left", "up", "right", "down")


def draw_grid(
    ax: Axes,
    *,
    pictures: BoxedPictures,
    stride: int,
    near: float,
    number: int,
    row: int,
    column: int,
) -> None:
    """A picture under its grid: the cells that learn a box, and one cell with its four distances.

    Args:
        ax: To draw on.
        pictures: All of them.
        stride: Pixels a side of a cell.
        near: Of ``cells_of_boxes``.
        number: Of the picture, from 1.
        row: Of the cell, from 1; the last one where the picture has fewer.
        column: The same across.
    """
    place = number - 1
    height, width = pictures.images[place].shape[-2:]
    rows, columns = -(-height // stride), -(-width // stride)
    row, column = min(row, rows), min(column, columns)
    boxes, names = pictures.boxes[place], pictures.class_names
    owner = cells_of_boxes(boxes, rows, columns, stride, near)
    draw_picture(ax, pictures.images[place])
    style = {"color": "grey", "lw": 0.4}
    ax.vlines([edge * stride for edge in range(1, columns)], 0, height, **style)
    ax.hlines([edge * stride for edge in range(1, rows)], 0, width, **style)
    centres = cell_centres(rows, columns, stride)
    for k, box in enumerate(boxes):
        mark_box(ax, box, TRUTH)
        x, y = centres[owner == k].T
        ax.plot(x, y, "s", color=COLOURS[k % len(COLOURS)], ms=6, mec="white", mew=0.8)
    ax.plot([], [], "s", color="grey", ms=6, label="middle of a cell that learns this box")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), fontsize=8, frameon=False)
    chosen = int(owner[row - 1, column - 1])
    middle = centres[row - 1, column - 1]
    _draw_cell(ax, middle, stride, boxes[chosen] if chosen >= 0 else None)
    where = f"Picture {number}, cell in row {row}, column {column}, middle at {middle[0]:g} across"
    learning = int((owner >= 0).sum())
    say(
        ax,
        f"{where} and {middle[1]:g} down: {_task(pictures, place, chosen, middle)} {learning} of "
        f"{owner.numel()} cells learn a box; {'a class' if len(names) == 1 else 'all classes'} "
        "must be 0 in all others.",
    )


def _task(pictures: BoxedPictures, place: int, chosen: int, middle: Tensor) -> str:
    """What the cell must learn, in words."""
    if chosen < 0:
        return "it must say that no class is here, and no distance is asked of it."
    if not pictures.counts[place][chosen]:
        return "it lies on something that does not count, and nothing is asked of it."
    name = pictures.class_names[pictures.labels[place][chosen]]
    far = ", ".join(
        f"{distance:g} pixels {side}"
        for side, distance in zip(
            SIDES, _distances(pictures.boxes[place][chosen], middle), strict=True
        )
    )
    return f"class {name} must be 1, and the sides of its box are {far}."


def _distances(box: Tensor, middle: Tensor) -> list[float]:
    """Pixels from the middle of a cell to the left, upper, right and lower side of a box."""
    return [*(middle - box[:2]).tolist(), *(box[2:] - middle).tolist()]


def _draw_cell(ax: Axes, middle: Tensor, stride: int, box: Tensor | None) -> None:
    """The chosen cell, with an arrow to each side of its box if it learns one."""
    x, y = middle.tolist()
    half = stride / 2
    ax.plot(
        [x - half, x + half, x + half, x - half, x - half],
        [y - half, y - half, y + half, y + half, y - half], color="black", lw=2,
    )  # fmt: skip
    if box is None:
        return
    ends = [(box[0].item(), y), (x, box[1].item()), (box[2].item(), y), (x, box[3].item())]
    for end, distance in zip(ends, _distances(box, middle), strict=True):
        ax.annotate("", end, (x, y), arrowprops={"arrowstyle": "->", "lw": 2, "color": COLOURS[1]})
        ax.text(
            *((place + start) / 2 for place, start in zip(end, (x, y), strict=True)),
            as_text(f"{distance:g}"), fontsize=9, ha="center", va="center", color=COLOURS[1],
            bbox={"facecolor": "white", "alpha": 0.85, "pad": 0.5, "lw": 0},
        )  # fmt: skip


def explore_grid(pictures: BoxedPictures, stride: int, near: float) -> Explorer:
    """Sliders for the picture and the cell: what must that cell learn?

    Args:
        pictures: N pictures with their boxes.
        stride: Pixels a side of a cell.
        near: Of ``cells_of_boxes``.

    Raises:
        ValueError: If there are no pictures.
    """
    if len(pictures) == 0:
        raise ValueError("there are no pictures to put a grid on; give at least one")
    first = fullest(pictures)
    height, width = pictures.images[first - 1].shape[-2:]
    last = {"row": -(-height // stride), "column": -(-width // stride)}
    owner = cells_of_boxes(pictures.boxes[first - 1], *last.values(), stride, near)
    learning = [[1 + each for each in cell] for cell in (owner >= 0).nonzero().tolist()]
    start = dict(zip(last, learning[0] if learning else (1, 1), strict=True))
    limits = {
        "number": (first, len(pictures)),
        **{name: (start[name], last[name]) for name in last},
    }
    controls = {
        name: ipywidgets.IntSlider(
            value, min=1, max=most, description="picture" if name == "number" else name,
            continuous_update=False,
        )
        for name, (value, most) in limits.items()
    }  # fmt: skip
    stills = {
        "a cell that learns a box": {"number": first, **start},
        "a cell without one": {"number": first, **dict(zip(last, _empty_cell(owner), strict=True))},
    }
    draw = partial(draw_grid, pictures=pictures, stride=stride, near=near)
    return Explorer(draw, controls, stills=stills, width=4.4, height=4.4)


def _empty_cell(owner: Tensor) -> tuple[int, int]:
    """Row and column, from 1, of the first cell that learns nothing; of the first where all do."""
    empty = (owner < 0).nonzero().tolist()
    return (empty[0][0] + 1, empty[0][1] + 1) if empty else (1, 1)
