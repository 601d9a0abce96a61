"""Pictures with boxes drawn on them: what is there, what was found, what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from course_utils.data.boxes.batches import as_floats
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.plain_text import counted
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.models.detection.detector import Detections

TRUTH, RIGHT, WRONG, MISSED = COLOURS[0], COLOURS[2], COLOURS[1], "black"
NAME_LETTERS = 12
ROOM = 0.3  # inches for a title


def plot_boxes(
    pictures: BoxedPictures,
    *,
    found: Sequence[Detections] | None = None,
    right: Sequence[Tensor] | None = None,
    missed: Sequence[Tensor] | None = None,
    titles: Sequence[str] | None = None,
    columns: int = 5,
    what: str,
) -> np.ndarray:
    """Pictures in rows of ``columns``, with their own boxes or with what a detector found.

    Args:
        pictures: N of them, with the boxes that are true.
        found: Detections of each; None draws the true boxes instead.
        right: N of (n,), bool: which detections are right, drawn whole; the others are dashed.
        missed: N of (m,), bool: which true boxes nobody found; they are dotted.
        titles: One for each picture.
        columns: Pictures side by side.
        what: Names the pictures in words.
    """
    rows = -(-len(pictures) // columns)
    size = 9.8 / columns
    height = size + ROOM * (titles is not None)
    axes = np.atleast_1d(new_axes(columns, rows=rows, width=size, height=height))
    flat = list(axes.flat)
    for ax in flat[len(pictures) :]:
        ax.set_axis_off()
    for place, ax in zip(range(len(pictures)), flat, strict=False):
        draw_picture(ax, pictures.images[place])
        if titles is not None:
            ax.set_title(titles[place], fontsize=8)
        if found is None:
            for box, label in zip(pictures.boxes[place], pictures.labels[place], strict=True):
                draw_box(ax, box, TRUTH, "-", pictures.class_names[label])
            continue
        _draw_found(ax, pictures, place, found[place], None if right is None else right[place])
        for box in pictures.boxes[place][missed[place]] if missed is not None else ():
            draw_box(ax, box, MISSED, ":")
    say(flat[0], _sentence(pictures, found, right, missed, what))
    return axes


def draw_picture(ax: Axes, image: Tensor) -> None:
    """Draw a picture (C, H, W) so that x and y are pixels from its upper left corner."""
    pixels = as_floats(image.cpu()).permute(1, 2, 0).numpy()
    height, width = pixels.shape[:2]
    grey = {"cmap": "gray_r", "vmin": 0, "vmax": 1} if pixels.shape[2] == 1 else {}
    shown = pixels[..., 0] if grey else pixels
    ax.imshow(shown, extent=(0, width, height, 0), interpolation="nearest", **grey)
    ax.set(xlim=(-0.5, width + 0.5), ylim=(height + 0.5, -0.5), xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color="lightgrey")  # an empty sheet has an edge, too


def draw_box(ax: Axes, box: Tensor, colour: str, line: str, name: str = "") -> None:
    """Draw one box (4,), with ``name`` above it, or in it where there is no room."""
    from matplotlib.patches import Rectangle

    left, top, right, bottom = map(float, box)
    look = {"fill": False, "edgecolor": colour, "ls": line, "lw": 1.6}
    ax.add_patch(Rectangle((left, top), right - left, bottom - top, **look))
    if name:
        ax.annotate(
            as_text(name, NAME_LETTERS),
            (left, top),
            (1, 1),
            textcoords="offset points",
            fontsize=7,
            color=colour,
            va="bottom",
            annotation_clip=False,
        )


def _draw_found(
    ax: Axes, pictures: BoxedPictures, place: int, found: Detections, right: Tensor | None
) -> None:
    names = pictures.class_names
    for number, (box, label, score) in enumerate(
        zip(found["boxes"], found["labels"], found["scores"], strict=True)
    ):
        good = right is None or bool(right[number])
        text = f"{as_text(names[label], NAME_LETTERS)} {score:.2f}"
        draw_box(ax, box, RIGHT if good else WRONG, "-" if good else "--", text)


def _sentence(
    pictures: BoxedPictures,
    found: Sequence[Detections] | None,
    right: Sequence[Tensor] | None,
    missed: Sequence[Tensor] | None,
    what: str,
) -> str:
    start = (
        f"{counted(len(pictures), 'picture')}: {what}; {counted(_total(pictures.boxes), 'object')}"
    )
    if found is None:
        return f"{start}."
    said = [f"{_total([one['boxes'] for one in found])} found"]
    if right is not None:
        said.append(f"{sum(int(one.sum()) for one in right)} of them right")
    if missed is not None:
        said.append(f"{sum(int(one.sum()) for one in missed)} missed")
    return f"{start}, {', '.join(said)}."


def _total(each: Sequence[Tensor]) -> int:
    return sum(map(len, each))
