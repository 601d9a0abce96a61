"""Lesson 09: what can be said of pixels when the answer stands on cells of several pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.scores import SegmentationScores, score_maps
from course_utils.figures.axes import say
from course_utils.figures.maps import are_wrong
from course_utils.lessons.semantic_segmentation.strides import averaged_at_stride, best_at_stride
from course_utils.lessons.semantic_segmentation.widgets.scene import (
    ROOM,
    SIDE,
    check_pictures,
    choose_picture,
    show_map,
    show_picture,
)
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRIDES = (1, 2, 4, 8)
WAYS = {"shares of the classes": averaged_at_stride, "best logits": best_at_stride}


@dataclass(frozen=True)
class FromCells:
    """Maps (N, H, W) made from cells, and how good they are."""

    maps: Tensor
    scores: SegmentationScores


def draw_stride(
    axes: Sequence[Axes],
    *,
    pictures: MappedPictures,
    from_cells: Mapping[tuple[int, str], FromCells],
    number: int,
    stride: int,
    way: str,
) -> None:
    """A picture, its true map under the cells, and the map that cells give, wrong pixels dotted.

    Args:
        axes: Three.
        pictures: All of them, of one size.
        from_cells: Maps of all pictures by stride and way.
        number: Of the picture shown, from 1.
        stride: Pixels a side of a cell.
        way: Of ``WAYS``.
    """
    place, said = number - 1, from_cells[stride, way]
    true, found = pictures.maps[place], said.maps[place]
    wrong = are_wrong(found, true)
    height, width = true.shape
    show_picture(axes[0], pictures.images[place])
    show_map(axes[1], true, pictures, "true map and cells")
    style = {"color": "grey", "lw": 0.4}
    axes[1].vlines(range(stride, width, stride), 0, height, **style)
    axes[1].hlines(range(stride, height, stride), 0, width, **style)
    show_map(axes[2], found, pictures, f"{way}, dot: wrong", wrong)
    rows, columns = -(-height // stride), -(-width // stride)
    counts, scores = int((true != IGNORED).sum()), said.scores
    say(
        axes[0],
        f"Picture {number}, {rows} by {columns} cells of {stride} by {stride} pixels with {way}: "
        f"{int(wrong.sum()):,} of {counts:,} pixels are wrong. All together: {scores}.",
    )


def explore_stride(pictures: MappedPictures) -> Explorer:
    """Controls for the picture, the stride and what cells have: what is the best they can say?

    Maps of all strides are made first, which takes some seconds for a hundred scenes.

    Args:
        pictures: N pictures of one size, with their maps.

    Raises:
        ValueError: If there are no pictures, they have several sizes, or no pixel counts.
    """
    check_pictures(pictures)
    strides = [stride for stride in STRIDES if stride <= min(pictures.maps.shape[1:])]
    from_cells = {
        (stride, way): _judged(make(pictures.maps, stride, pictures.num_classes), pictures)
        for stride in strides
        for way, make in WAYS.items()
    }
    controls = {
        "number": choose_picture(pictures),
        "stride": slider_over(strides, "pixels a side of a cell", start=strides[len(strides) // 2]),
        "way": ipywidgets.ToggleButtons(
            options=list(WAYS), description="cells have", style={"button_width": "auto"}
        ),
    }
    some = {"number": controls["number"].value, "stride": controls["stride"].value}
    stills = {f"{some['stride']} pixels, {way.split()[0]}": some | {"way": way} for way in WAYS}
    draw = partial(draw_stride, pictures=pictures, from_cells=from_cells)
    return Explorer(draw, controls, stills=stills, columns=3, width=SIDE, height=SIDE + ROOM)


def _judged(maps: Tensor, pictures: MappedPictures) -> FromCells:
    matrices = confusion_matrices(maps, pictures.maps, pictures.num_classes)
    return FromCells(maps, score_maps(matrices, pictures.class_names))
