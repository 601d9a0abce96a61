"""What the four numbers of a box mean: by the rule of its form, and whether boxes bear it out."""

import math
from dataclasses import dataclass

import numpy as np
import torch

BOX_FORMATS = {
    "xyxy": "left, top, right, bottom",
    "xywh": "left, top, width, height",
    "cxcywh": "centre x and y, width, height",
}
CORNERS = {
    "edges": "edges: 0 is the picture's left or top, and a box ends one past its last pixel",
    "from_0": "pixels counted from 0, the last one included",
    "from_1": "pixels counted from 1, the last one included (as in VOC)",
}
SLACK = 1.5  # pixels beyond the picture that still count as inside, whatever corners are
MOST_WRONG, SOME_WRONG, ALL_RIGHT = 0.5, 0.9, 0.99  # shares of boxes that lie in their pictures
FEW_ENDS = 3  # boxes at the last pixel from which a suspicion is worth a line


@dataclass(frozen=True)
class Judgement:
    """Whether numbers can be what they are taken for.

    Args:
        refusal: Why they cannot, and the way out; empty if they can.
        suspicions: What looks odd, in sentences.
    """

    refusal: str = ""
    suspicions: tuple[str, ...] = ()


def as_corners(
    numbers: np.ndarray, sizes: np.ndarray, box_format: str, corners: str, in_fractions: bool
) -> np.ndarray:
    """Boxes as left, top, right, bottom in edges, (M, 4), float64, in pixels.

    Args:
        numbers: What the files hold (M, 4).
        sizes: Width and height of each box's picture (M, 2).
        box_format: One of ``BOX_FORMATS``.
        corners: One of ``CORNERS``.
        in_fractions: Whether ``numbers`` are shares of width and height.
    """
    from torchvision.ops import box_convert  # here: it takes a second to import

    if in_fractions:
        numbers = numbers * np.tile(sizes, 2)
    boxes = box_convert(torch.from_numpy(numbers), box_format, "xyxy").numpy()
    shift = {"edges": (0, 0), "from_0": (0, 1), "from_1": (-1, 0)}[corners]
    return boxes + np.repeat(shift, 2)


def judge_unit(numbers: np.ndarray, in_fractions: bool) -> str:
    """Why ``numbers`` (M, 4) are not in the unit of their form, pixels or shares; empty if so."""
    if len(numbers) == 0:
        return ""
    largest = numbers.max(axis=1)
    too_large = float((largest > SLACK).mean())
    if in_fractions and too_large > MOST_WRONG:
        return (
            f"{too_large:.0%} of the boxes hold numbers above 1, up to {largest.max():g}: they are "
            "pixels, where this form has shares of width and height; divide x and width by the "
            "picture's width, y and height by its height"
        )
    if not in_fractions and (largest <= 1).all():
        return (
            f"no number of any box is above 1 (the largest is {largest.max():g}): they are shares "
            "of width and height, where this form has pixels; multiply them by the picture's size, "
            "or set box_format to take them as they are"
        )
    return ""


def judge_format(
    numbers: np.ndarray, sizes: np.ndarray, box_format: str, in_fractions: bool
) -> Judgement:
    """Whether boxes lie in their pictures as they are read, or would if read otherwise.

    Args:
        numbers: As the files hold them (M, 4).
        sizes: Width and height of each box's picture (M, 2).
        box_format: How the form has them.
        in_fractions: Whether the form has shares of width and height.
    """
    fit = {name: _share_inside(numbers, sizes, name, in_fractions) for name in BOX_FORMATS}
    other = max((name for name in fit if name != box_format), key=lambda name: fit[name])
    if fit[other] < ALL_RIGHT or fit[box_format] >= SOME_WRONG:
        return Judgement()
    said = (
        f"read as {BOX_FORMATS[box_format]} ({box_format}), {fit[box_format]:.0%} of the "
        f"{len(numbers):,} boxes lie in their pictures with a width and a height; read as "
        f"{BOX_FORMATS[other]} ({other}), {fit[other]:.0%}"
    )
    way_out = f"box_format = {other!r} reads them so, box_format = {box_format!r} as they are"
    if fit[box_format] < MOST_WRONG:
        return Judgement(f"{said}; {way_out}")
    return Judgement(suspicions=(f"Only a suspicion: {said}. Draw some; {way_out}.",))


def judge_ends(boxes: np.ndarray, sizes: np.ndarray, corners: str) -> tuple[str, ...]:
    """A suspicion that boxes (M, 4), read as ``corners``, end one pixel short, if there is one."""
    ends = boxes[:, 2:]
    at_edge, before = (
        int((np.abs(ends - (sizes - short)) < 0.01).any(axis=1).sum()) for short in (0, 1)
    )
    if corners != "edges" or at_edge or before < FEW_ENDS:
        return ()
    return (
        f"Only a suspicion: no box ends at the right or lower edge of its picture, and {before:,} "
        "end exactly one pixel before it, as if they named the last pixel and not the end. Draw "
        "some; corners = 'from_0' makes all one pixel longer.",
    )


def count_from(boxes: np.ndarray) -> tuple[str, str]:
    """Which of ``CORNERS`` boxes (M, 4) of VOC's form have, and how one can tell.

    VOC counts pixels from 1. Programs that write its form often count from 0: then boxes at the
    left or upper edge begin at 0.
    """
    starts = boxes[:, :2]
    zeros, ones = (int((starts == first).any(axis=1).sum()) for first in (0, 1))
    if zeros <= ones:
        return "from_1", ""
    return "edges", (
        f"{zeros:,} boxes begin at 0 and {ones:,} at 1, so corners are counted from 0, not from 1 "
        "as VOC itself does; corners = 'from_1' or 'from_0' reads them otherwise."
    )


def four_numbers(said: object) -> tuple[float, float, float, float] | None:
    """``said`` as four finite numbers, if it is that."""
    try:
        numbers = tuple(float(number) for number in said)
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == 4 and all(map(math.isfinite, numbers)) else None


def _share_inside(
    numbers: np.ndarray, sizes: np.ndarray, box_format: str, in_fractions: bool
) -> float:
    boxes = as_corners(numbers, sizes, box_format, "edges", in_fractions)
    has_area = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    inside = (boxes[:, :2] >= -SLACK).all(axis=1) & (boxes[:, 2:] <= sizes + SLACK).all(axis=1)
    return float((has_area & inside).mean())
