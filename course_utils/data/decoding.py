"""One file of a picture to one array of pixels, whatever its format, depth and orientation."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps


def read_picture(file: str | os.PathLike, image_size: int, channels: int) -> np.ndarray | None:
    """The middle square of a picture as (H, W, C), uint8, upright; None if it is damaged.

    Args:
        file: Path of the picture.
        image_size: H and W of the result in pixels.
        channels: C, 1 for grey or 3 for colour; transparent parts become white.
    """
    mode = "L" if channels == 1 else "RGB"
    try:
        with Image.open(file) as opened:
            opened.draft(mode, (2 * image_size, 2 * image_size))  # spares big JPEGs full decoding
            picture = _flatten(ImageOps.exif_transpose(opened), mode)
    except Exception:  # Pillow raises OSError, SyntaxError, struct.error and more
        return None
    square = ImageOps.fit(picture, (image_size, image_size), Image.Resampling.BILINEAR)
    return np.array(square).reshape(image_size, image_size, channels)


@contextmanager
def quiet_about_remarks() -> Iterator[None]:
    """Silence Pillow's warnings of damaged remarks inside a file (EXIF), no word on the picture.

    For a whole loop or pool of threads: threads that enter and leave it would undo one another.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
        yield


def _flatten(picture: Image.Image, mode: str) -> Image.Image:
    """``picture`` in ``mode``, 8 bits deep and with white where it is transparent."""
    if picture.mode.startswith("I"):  # 16 bits, which convert() clips
        values = np.asarray(picture).clip(0, 65535) / 257
        return Image.fromarray(values.round().astype(np.uint8)).convert(mode)
    if picture.getbands()[-1] in ("A", "a") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert(mode)
