"""Files of pictures as detectors and segmenters take them: whole, the longer side scaled."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.boxes.sizes import fitted, read_size
from course_utils.data.decoding import read_whole, reading_pictures
from course_utils.data.pictures import WAITING
from course_utils.data.unreadable import Unreadable
from course_utils.session.cores import usable_cores
from course_utils.shipping.answering import Picture
from course_utils.shipping.reading import Shipped

MOST_AT_ONCE = 8  # pictures; inside such a network a photograph takes much memory


@dataclass(frozen=True)
class WholePicture:
    """A picture that was read.

    Args:
        size: Width and height in pixels of the picture itself, upright.
        pixels: (C, H, W), uint8, at the size that the model takes.
    """

    size: tuple[int, int]
    pixels: Tensor


def read_whole_pictures(model: Shipped, pictures: Sequence[Picture]) -> list[WholePicture | str]:
    """Each picture as ``model`` takes it, or why it could not be read, and the way out.

    Args:
        model: Says the size and the channels.
        pictures: Paths, or contents of files.
    """

    def read_one(picture: Picture) -> WholePicture | str:
        file = io.BytesIO(picture) if isinstance(picture, bytes) else picture
        size = read_size(file)
        if isinstance(size, Unreadable):
            return "{}; {}".format(*size.value)
        pixels = read_whole(file, fitted(size.upright, model.image_size), model.channels)
        if isinstance(pixels, Unreadable):
            return "{}; {}".format(*pixels.value)
        return WholePicture(size.upright, torch.from_numpy(pixels).permute(2, 0, 1))

    with reading_pictures(), ThreadPoolExecutor(usable_cores() + WAITING) as pool:
        return list(pool.map(read_one, pictures))
