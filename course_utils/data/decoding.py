"""One file of a picture to one array of pixels, whatever its format, depth and orientation."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np
from PIL import Image, ImageOps

from course_utils.data.numbers import as_bytes
from course_utils.data.unreadable import File, Unreadable, reason_for
from course_utils.session.memory import free_memory

LARGE = 500e6  # bytes that decoding takes; then memory is asked, and one is decoded at a time
SHARE_OF_ONE = 0.5  # of the free memory that decoding one picture may take
SCALING = Image.Resampling.BILINEAR  # averages where it makes smaller
_one_large_at_a_time = Lock()


def read_picture(file: File, image_size: int, channels: int) -> np.ndarray | Unreadable:
    """The middle square of a picture as (H, W, C), uint8, upright; or why it could not be read.

    Args:
        file: Path of the picture, or its opened content.
        image_size: H and W of the result in pixels.
        channels: C, 1 for grey or 3 for colour; transparent parts become white.
    """
    mode = "L" if channels == 1 else "RGB"

    def square(opened: Image.Image) -> Image.Image:
        ImageOps.exif_transpose(opened, in_place=True)
        picture = _flatten(opened, mode)
        return ImageOps.fit(picture, (image_size, image_size), SCALING)

    return _decode(file, (2 * image_size, 2 * image_size), mode, square)


def read_whole(
    file: File, size: tuple[int, int], channels: int, *, upright: bool = True
) -> np.ndarray | Unreadable:
    """A whole picture as (H, W, C), uint8; or why it could not be read.

    Args:
        file: Path of the picture, or its opened content.
        size: W and H of the result in pixels.
        channels: C, 1 for grey or 3 for colour; transparent parts become white.
        upright: Whether to turn it as its EXIF remark says; else it stays as it is stored.
    """
    mode = "L" if channels == 1 else "RGB"

    def whole(opened: Image.Image) -> Image.Image:
        if upright:
            ImageOps.exif_transpose(opened, in_place=True)
        picture = _flatten(opened, mode)
        return picture if picture.size == size else picture.resize(size, SCALING)

    longer = 2 * max(size)
    return _decode(file, (longer, longer), mode, whole)


def _decode(
    file: File,
    least: tuple[int, int],
    mode: str,
    shape: Callable[[Image.Image], Image.Image],
) -> np.ndarray | Unreadable:
    """What ``shape`` makes of a picture of at least that size, as (H, W, C), uint8."""
    try:
        with Image.open(file) as opened:
            full_size = opened.size
            opened.draft(mode, least)  # spares big JPEGs full decoding
            needed = _bytes_to_decode(opened, full_size)
            if needed < LARGE:
                shaped = shape(opened)
            else:
                with _one_large_at_a_time:
                    if needed > SHARE_OF_ONE * free_memory():
                        return Unreadable.TOO_LARGE
                    shaped = shape(opened)
            pixels = np.array(shaped if shaped.mode == mode else shaped.convert(mode))
    except Exception as error:  # Pillow raises OSError, SyntaxError, struct.error and more
        return reason_for(error, file)
    return pixels.reshape(*pixels.shape[:2], len(mode))


@contextmanager
def reading_pictures() -> Iterator[None]:
    """A block in which Pillow says nothing of what is no word on the picture, and sets no limit.

    Damaged remarks inside a file (EXIF) are none of ours, and how large a picture may be is a
    question of memory. For a whole loop or pool of threads: threads that enter and leave it would
    undo one another.
    """
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _bytes_to_decode(opened: Image.Image, full_size: tuple[int, int]) -> float:
    """Memory for all copies that shaping makes, before any of it is taken."""
    pixel = 2 if opened.mode in ("1", "L") else 16 if _is_transparent(opened) else 8
    needed = pixel * opened.size[0] * opened.size[1]
    if "progressive" in opened.info:  # such a JPEG is held in full, however small it comes out
        needed += 6 * full_size[0] * full_size[1]
    return needed


def _flatten(picture: Image.Image, mode: str) -> Image.Image:
    """``picture``, 8 bits deep and white where it is transparent, in ``mode`` or in grey."""
    if picture.mode[0] in "IF":
        return as_bytes(picture)
    if _is_transparent(picture):
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    if picture.mode == "1":
        return picture.convert("L")  # a third of the work of three colours, and the same
    return picture if picture.mode in ("L", mode) else picture.convert(mode)


def _is_transparent(picture: Image.Image) -> bool:
    return picture.getbands()[-1] in ("A", "a") or "transparency" in picture.info
