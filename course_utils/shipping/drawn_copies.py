"""Copies of pictures to draw on, and the letters for it."""

from pathlib import Path

from PIL import Image, ImageFont

from course_utils.data.boxes.sizes import fitted
from course_utils.data.decoding import read_whole, reading_pictures
from course_utils.data.unreadable import Unreadable
from course_utils.files import whole_file

LONGEST = 1600  # pixels of the longer side of what is drawn on
QUALITY = 92  # of JPEG


def open_copy(file: Path, size: tuple[int, int]) -> Image.Image | str:
    """A picture to draw on (RGB), at most ``LONGEST`` pixels a side; or why it cannot be read.

    Args:
        file: Of the picture.
        size: Its width and height, upright.
    """
    with reading_pictures():
        pixels = read_whole(file, size if max(size) <= LONGEST else fitted(size, LONGEST), 3)
    if isinstance(pixels, Unreadable):
        return "{}; {}".format(*pixels.value)
    return Image.fromarray(pixels)


def save_copy(picture: Image.Image, file: Path) -> str | None:
    """Write ``picture`` as a JPEG, whole or not at all; return why that cannot be done."""
    try:
        with whole_file(file) as target:
            picture.save(target, "JPEG", quality=QUALITY)
    except OSError as error:
        return f"not drawn: {error}"
    return None


def font_for(longer_side: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib, for a picture of that longer side."""
    import matplotlib  # here: it takes a moment to import

    file = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    return ImageFont.truetype(str(file), max(10, round(longer_side / 45)))
