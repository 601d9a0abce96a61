"""Lesson 09: a map of classes is scaled, and classes appear that its picture does not show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.plain_text import counted
from course_utils.figures.axes import say
from course_utils.lessons.semantic_segmentation.scaling import (
    are_foreign,
    are_ink,
    scaled_by_nearest,
    scaled_by_numbers,
    share_of_foreign,
)
from course_utils.lessons.semantic_segmentation.widgets.scene import (
    ROOM,
    SIDE,
    check_pictures,
    choose_picture,
    name_of,
    show_map,
    show_picture,
)
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WAYS = {"nearest pixel": scaled_by_nearest, "numbers in between": scaled_by_numbers}
SMALLEST = 4  # the smallest map has a fourth of the side


def draw_scaling(
    axes: Sequence[Axes], *, pictures: MappedPictures, number: int, side: int, way: str
) -> None:
    """A picture, its true map, and that map scaled, with dots on classes that are not there.

    Args:
        axes: Three.
        pictures: All of them, of one size.
        number: Of the one shown, from 1.
        side: Pixels of the longer side of the scaled map.
        way: Of ``WAYS``.
    """
    place, true = number - 1, pictures.maps[number - 1]
    all_scaled = WAYS[way](pictures.maps, side)
    scaled = all_scaled[place]
    foreign = are_foreign(scaled[None], true[None])[0]
    height, width = scaled.shape
    show_picture(axes[0], pictures.images[place])
    show_map(axes[1], true, pictures, "true map")
    words = f"{width} x {height}, {way.split()[0]}; dot: class not there"
    show_map(axes[2], scaled, pictures, words, foreign)
    shown = [_named(k, pictures) for k in _numbers_in(true)]
    say(
        axes[0],
        f"Picture {number} shows {'; '.join(shown) or 'no class'}. Its map, scaled to {width} by "
        f"{height} pixels ({way}): {int(foreign.sum()):,} of "
        f"{counted(int(are_ink(scaled).sum()), 'pixel')} of ink have a class that the picture does "
        f"not show{_by_class(scaled[foreign], pictures)}.",
    )
    share = share_of_foreign(all_scaled, pictures.maps)
    if not np.isnan(share):
        say(
            axes[0],
            f"In all {counted(len(pictures), 'picture')} together it is {share:.1%} of the ink.",
        )


def _numbers_in(classes: Tensor) -> list[int]:
    """Those of the classes in a map, background apart."""
    return [k for k in classes.unique().tolist() if k not in (0, IGNORED)]


def _named(number: int, pictures: MappedPictures) -> str:
    """Such as ``class 3 as number 4``; what is no class has a number only."""
    if number > pictures.num_classes:
        return f"number {number}, which is no class"
    return f"class {name_of(number, pictures)} as number {number}"


def _by_class(foreign: Tensor, pictures: MappedPictures) -> str:
    """Such as ``: class 1 as number 2 (14 pixels)``, the most frequent first."""
    numbers, how_many = foreign.unique(return_counts=True)
    order = how_many.argsort(descending=True, stable=True).tolist()
    each = [
        f"{_named(int(numbers[k]), pictures)} ({counted(int(how_many[k]), 'pixel')})" for k in order
    ]
    return f": {'; '.join(each)}" if each else ""


def explore_scaling(pictures: MappedPictures) -> Explorer:
    """Controls for the picture, the size and the way of scaling: which classes does the map show?

    Args:
        pictures: N pictures of one size, with their maps.

    Raises:
        ValueError: If there are no pictures, or they have several sizes.
    """
    check_pictures(pictures)
    longer = max(pictures.maps.shape[1:])
    controls = {
        "number": choose_picture(pictures),
        "side": ipywidgets.IntSlider(
            longer // 2, min=max(1, longer // SMALLEST), max=longer, continuous_update=False,
            description="size of the map, pixels",
        ),
        "way": ipywidgets.ToggleButtons(
            options=list(WAYS), value="numbers in between", description="scaled by",
            style={"button_width": "auto"},
        ),
    }  # fmt: skip
    some = {"number": controls["number"].value, "side": controls["side"].value}
    stills = {way: some | {"way": way} for way in WAYS}
    draw = partial(draw_scaling, pictures=pictures)
    return Explorer(draw, controls, stills=stills, columns=3, width=SIDE, height=SIDE + ROOM)
