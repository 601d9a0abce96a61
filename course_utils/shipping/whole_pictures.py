"""Files of pictures as detectors and segmenters take them: whole, the longer side scaled."""

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from course_utils.data.boxes.sizes import fitted, read_size
from course_utils.data.decoding import read_whole, reading_pictures
from course_utils.data.in_threads import WAITING
from course_utils.data.unreadable import Unreadable
from course_utils.session.cores import usable_cores
from course_utils.shipping.answering import Picture
from course_utils.shipping.reading import ShippedForPictures

MOST_AT_ONCE = 8  # pictures; inside such a network a photograph takes much memory
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class WholePicture:
    """A picture that was read.

    Args:
        size: Width and height in pixels of the picture itself, upright.
        pixels: (C, H, W), uint8, at the size that the model takes.
    """

    size: tuple[int, int]
    pixels: Tensor


def read_whole_pictures(
    model: ShippedForPictures, pictures: Sequence[Picture]
) -> list[WholePicture | str]:
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


def ask_in_batches(
    model: ShippedForPictures,
    pictures: Sequence[Picture],
    ask: Callable[[list[Tensor]], Sequence[Answer]],
    most: int = MOST_AT_ONCE,
) -> Iterator[list[tuple[WholePicture, Answer] | str]]:
    """Each picture with its answer, or why it could not be read, in the order of ``pictures``.

    Batch by batch: no more pictures are in memory at a time.

    Args:
        model: Says the size and the channels.
        pictures: Paths, or contents of files.
        ask: Gives an answer for each of some pictures (C, H, W).
        most: Pictures of a batch.
    """
    for start in range(0, len(pictures), most):
        read = read_whole_pictures(model, pictures[start : start + most])
        answers = iter(ask([each.pixels for each in read if not isinstance(each, str)]))
        yield [each if isinstance(each, str) else (each, next(answers)) for each in read]
