"""Pictures whose pixels are other numbers than bytes: which of them is white."""

import numpy as np
from PIL import Image

TIFF_BITS, TIFF_INTERPRETATION, WHITE_IS_ZERO = 258, 262, 0  # tags, and what the second may say
WHITES = (1, 255, 65535)  # of fractions; of bytes or 16 bits that are kept in wider numbers
SLACK = 0.1  # by which sharpened fractions may go beyond black and white


class UnknownRangeError(ValueError):
    """Nothing says which number is white."""


def as_bytes(picture: Image.Image) -> Image.Image:
    """A grey picture of more than 8 bits or of fractions, as one of 8 bits.

    In 16 bits white is 65,535, unless the file says that it holds fewer bits. Wider numbers and
    fractions have no white of their own: it is the smallest of 1 (fractions only), 255 and 65,535
    that no pixel is beyond.

    Args:
        picture: Of one of Pillow's modes that begin with ``I`` or ``F``.

    Raises:
        UnknownRangeError: If there are numbers below black, beyond 65,535 or not finite.
    """
    tags = getattr(picture, "tag_v2", {})  # of TIFF files only
    values = np.asarray(picture).astype(np.float32)
    if picture.mode.startswith("I;16"):
        white = 2 ** tags.get(TIFF_BITS, (16,))[0] - 1
    else:
        white = _guess_white(values, are_fractions=picture.mode == "F")
    np.clip(values, 0, white, out=values)
    values *= 255 / white
    if tags.get(TIFF_INTERPRETATION) == WHITE_IS_ZERO:
        np.subtract(255, values, out=values)
    return Image.fromarray(np.rint(values, out=values).astype(np.uint8))


def _guess_white(values: np.ndarray, are_fractions: bool) -> int:
    low, high = float(values.min()), float(values.max())
    slack = SLACK if are_fractions else 0
    for white in WHITES if are_fractions else WHITES[1:]:
        # Not so if one of them is not a number:
        if -slack * high <= low and high <= (1 + slack) * white:
            return white
    raise UnknownRangeError(f"pixels from {low:g} to {high:g}")
