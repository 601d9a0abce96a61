"""How large pictures are, upright and as they are stored, from their first bytes."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from course_utils.data.decoding import reading_pictures
from course_utils.data.unreadable import File, Unreadable, reason_for

ORIENTATION, TURNED = 0x0112, (5, 6, 7, 8)  # EXIF's tag, and its values that lay a picture down


@dataclass(frozen=True)
class Size:
    """Width and height of a picture in pixels.

    Args:
        stored: As the file holds it.
        upright: As one sees it, turned as the camera's remark says.
    """

    stored: tuple[int, int]
    upright: tuple[int, int]


def read_sizes(files: Sequence[Path]) -> list[Size | Unreadable]:
    """The size of each picture, or why it cannot be opened; only of a PNG more than the beginning.

    A PNG may say at its end that it is to be turned.
    """
    with reading_pictures(), ThreadPoolExecutor() as pool:
        return list(pool.map(read_size, files))


def read_size(file: File) -> Size | Unreadable:
    """The size of one picture, within ``reading_pictures``."""
    try:
        with Image.open(file) as opened:
            stored = opened.size
            is_turned = opened.getexif().get(ORIENTATION) in TURNED
    except Exception as error:  # Pillow raises whatever damaged bytes happen to mean
        return reason_for(error, file)
    return Size(stored, stored[::-1] if is_turned else stored)


def fitted(size: tuple[int, int], longer_side: int | None) -> tuple[int, int]:
    """Width and height when the longer one becomes ``longer_side``; as they are for None."""
    if longer_side is None:
        return size
    factor = longer_side / max(size)
    width, height = (max(1, round(side * factor)) for side in size)
    return width, height
