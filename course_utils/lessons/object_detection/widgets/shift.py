"""Lesson 08: a picture moves or is turned round, and its boxes move along or stay behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures, Target
from course_utils.figures.axes import say
from course_utils.figures.boxes import draw_picture
from course_utils.lessons.object_detection.widgets.scene import (
    MISSED,
    RIGHT,
    TRUTH,
    WRONG,
    explain_boxes,
    fullest,
    mark_box,
)
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes


REACH = 4  # a picture can be moved by a fourth of its side, at most
SAME = 0.9999  # an IoU from which on two boxes are one, but for rounding


def moved(
    pictures: BoxedPictures, place: int, dx: int, dy: int, flip: bool
) -> tuple[Tensor, dict[int, Tensor]]:
    """A picture turned round, if asked, and moved; and the boxes that moved along.

    Picture and boxes go through torchvision's transforms together.

    Args:
        pictures: Boxed pictures.
        place: Which of them.
        dx: Pixels to the right.
        dy: Pixels down.
        flip: Whether left and right change places, before it is moved.

    Returns:
        The picture (C, H, W), and the box (4,) of each object of which something is left in it, by
        the object's place.
    """
    from course_utils.data.boxes.targets import as_tv_tensors, move_together  # here: a second

    image, target = as_tv_tensors(pictures, place)
    target["labels"] = torch.arange(len(target["labels"]))  # tells which objects are left
    image, target = move_together(_transform(dx, dy, flip))(image, target)
    boxes = torch.as_tensor(target["boxes"])
    return torch.as_tensor(image), dict(zip(target["labels"].tolist(), boxes, strict=True))


def _transform(dx: int, dy: int, flip: bool) -> Callable[[Tensor, Target], tuple[Tensor, Target]]:
    """Turns a picture and its target round, if asked, and moves them."""
    from torchvision.transforms.v2 import functional
    from torchvision.tv_tensors import TVTensor

    def of_one(part: Tensor) -> Tensor:
        if not isinstance(part, TVTensor):
            return part
        part = functional.horizontal_flip(part) if flip else part
        return functional.affine(part, angle=0, translate=[dx, dy], scale=1, shear=[0, 0])

    return lambda image, target: (
        of_one(image),
        {name: of_one(part) for name, part in target.items()},
    )


def draw_shift(
    axes: Sequence[Axes],
    *,
    pictures: BoxedPictures,
    number: int,
    dx: int,
    dy: int,
    flip: bool,
    along: bool,
) -> None:
    """A picture with its boxes, and the same moved, with the boxes that one would learn from.

    Args:
        axes: Two, for before and after.
        pictures: All of them.
        number: Of the one shown, from 1.
        dx: Pixels to the right.
        dy: Pixels down.
        flip: Whether left and right change places first.
        along: Whether the boxes move along.
    """
    from torchvision.ops import box_iou  # here: it takes a second to import

    place = number - 1
    names = [pictures.class_names[label] for label in pictures.labels[place].tolist()]
    image, truth = moved(pictures, place, dx, dy, flip)
    draw_picture(axes[0], pictures.images[place])
    draw_picture(axes[1], image)
    said = []
    for k, (box, name) in enumerate(zip(pictures.boxes[place], names, strict=True)):
        mark_box(axes[0], box, TRUTH, name)
        learned = truth.get(k) if along else box
        if learned is None:
            said.append(f"{name} left the picture, and its box with it")
            continue
        iou = box_iou(learned[None], truth[k][None]).item() if k in truth else 0.0
        if k in truth and iou < SAME:
            mark_box(axes[1], truth[k], MISSED)
        mark_box(axes[1], learned, RIGHT if iou >= SAME else WRONG, f"{name} {iou:.2f}")
        said.append(f"{name} {iou:.2f}" if k in truth else f"{name} 0.00, as it left the picture")
    explain_boxes(axes[0], {"box": TRUTH})
    explain_boxes(axes[1], {"right": RIGHT, "wrong": WRONG, "where it is": MISSED})
    turned = "turned round and moved" if flip else "moved"
    say(
        axes[0],
        f"Picture {number}, {turned} {_way(dx, 'to the right', 'to the left')} and "
        f"{_way(dy, 'down', 'up')}; boxes {'move along' if along else 'stay'}. IoU of each box "
        f"with where its object is now: {'; '.join(said) or 'there is no object'}.",
    )


def _way(pixels: int, ahead: str, back: str) -> str:
    """Such as ``1 pixel to the left``."""
    return f"{abs(pixels)} pixel{'s' * (abs(pixels) != 1)} {back if pixels < 0 else ahead}"


def explore_shift(pictures: BoxedPictures) -> Explorer:
    """Sliders that move a picture, a box that turns it round, and one that lets boxes move along.

    Args:
        pictures: N pictures with their boxes, of any sizes.

    Raises:
        ValueError: If there are no pictures.
    """
    if len(pictures) == 0:
        raise ValueError("there are no pictures to move; give at least one")
    reach = max(1, max(pictures.images[0].shape[-2:]) // REACH)
    first = fullest(pictures)
    controls: dict[str, ipywidgets.DOMWidget] = {
        "number": ipywidgets.IntSlider(
            first, min=1, max=len(pictures), description="picture", continuous_update=False
        )
    }
    for name, description in (("dx", "pixels to the right"), ("dy", "pixels down")):
        controls[name] = ipywidgets.IntSlider(
            0, min=-reach, max=reach, step=max(1, reach // 16), description=description,
            continuous_update=False,
        )  # fmt: skip
    controls["flip"] = ipywidgets.Checkbox(value=False, description="turn left and right round")
    controls["along"] = ipywidgets.Checkbox(value=False, description="boxes move along")
    some = {"number": first, "dx": max(1, reach // 4), "dy": 0, "flip": False}
    stills = {
        "boxes stay": some | {"along": False},
        "turned round, boxes stay": some | {"dx": 0, "flip": True, "along": False},
        "boxes move along": some | {"flip": True, "along": True},
    }
    controls["dx"].value = some["dx"]
    draw = partial(draw_shift, pictures=pictures)
    return Explorer(draw, controls, stills=stills, columns=2, width=3.3, height=3.3)
