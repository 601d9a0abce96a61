"""Pictures and masks that are read from their files each time they are asked for."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.regions import Region, RegionError, draw_region
from course_utils.data.damaged_pictures import unreadable_in_stream
from course_utils.data.decoding import read_whole, reading_pictures
from course_utils.data.in_threads import for_each
from course_utils.data.unreadable import Unreadable


class FromFiles(Sequence):
    """N tensors, each made anew by ``read`` when it is asked for.

    Args:
        read: Makes one tensor of what its place holds.
        what: N times what ``read`` needs.
    """

    def __init__(self, read: Callable[[Any], Tensor], what: tuple[Any, ...]) -> None:
        self._read, self._what = read, what

    def __len__(self) -> int:
        return len(self._what)

    def __getitem__(self, place: int) -> Tensor:
        return self._read(self._what[place])

    def take(self, places: Sequence[int]) -> "FromFiles":
        """Those at ``places``, still unread."""
        return FromFiles(self._read, tuple(self._what[place] for place in places))


def read_one(what: tuple[Path, tuple[int, int], bool], channels: int) -> Tensor:
    """One picture (C, H, W), uint8, from its file, its new width and height, and if it is turned.

    Raises:
        ValueError: If it cannot be read; it names the file, and why.
    """
    with reading_pictures():
        pixels = _pixels(what, channels)
    if isinstance(pixels, Unreadable):
        raise unreadable_in_stream(str(what[0]), pixels)
    return pixels


def _pixels(what: tuple[Path, tuple[int, int], bool], channels: int) -> Tensor | Unreadable:
    file, size, upright = what
    pixels = read_whole(file, size, channels, upright=upright)
    if isinstance(pixels, Unreadable):
        return pixels
    return torch.from_numpy(pixels).permute(2, 0, 1)


def read_masks_of(
    what: tuple[Sequence[Region], tuple[int, int], tuple[int, int]],
) -> Tensor:
    """The masks of one picture (n, H, W), bool, from its regions, its size and its new size.

    Each new pixel takes the value of the old one at its middle: numbers between two objects, as a
    picture is scaled with, would be no object.

    Raises:
        ValueError: If one cannot be drawn.
    """
    regions, (width, height), (new_width, new_height) = what
    try:
        drawn = [draw_region(region, width, height) for region in regions]
    except RegionError as error:
        raise ValueError(f"a mask cannot be drawn: {error}") from error
    masks = torch.from_numpy(np.array(drawn, dtype=bool))
    if (new_width, new_height) == (width, height) or len(masks) == 0:
        return masks if len(masks) else masks.new_zeros(0, new_height, new_width)
    scaled = F.interpolate(masks.byte()[None], (new_height, new_width), mode="nearest-exact")
    return scaled[0].bool()


def read_all(
    what: Sequence[tuple[Path, tuple[int, int], bool]], channels: int
) -> list[Tensor | Unreadable]:
    """All pictures, in threads, or why they cannot be read; a bar appears where that is long."""
    with reading_pictures():
        return for_each(partial(_pixels, channels=channels), what)
