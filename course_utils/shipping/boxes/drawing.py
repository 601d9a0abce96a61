"""Pictures with boxes, names of classes and scores drawn on them."""

import colorsys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from course_utils.data.plain_text import shorten
from course_utils.models.detection.detector import Detections
from course_utils.shipping.boxes.answering import Found
from course_utils.shipping.drawn_copies import font_for, open_copy, save_copy
from course_utils.shipping.sorting import free_name, refuse_used

NAME = 30  # columns of a name
TURN = 0.618034  # of the circle of colours from one class to the next: no two near ones look alike


class Drawer:
    """A folder of pictures with what was found drawn on them.

    Args:
        folder: Where; made with the first picture.
        class_names: K names.

    Raises:
        ValueError: If there is something in the folder already.
    """

    def __init__(self, folder: Path, class_names: Sequence[str]) -> None:
        refuse_used(folder, "--draw")
        self._folder, self._names = folder, class_names
        self._taken: set[str] = set()

    def add(self, file: Path, found: Found) -> str | None:
        """Draw on a copy of ``file``; return why that cannot be done."""
        picture = open_copy(file, found.size)
        if isinstance(picture, str):
            return picture
        draw_found(picture, found.detections, picture.size[0] / found.size[0], self._names)
        return save_copy(picture, self._folder / free_name(file.stem, ".jpg", self._taken))


def draw_found(
    picture: Image.Image, found: Detections, scale: float, class_names: Sequence[str]
) -> None:
    """Draw boxes, names and scores onto ``picture`` (RGB), the surest on top.

    Args:
        picture: It is changed.
        found: What was found.
        scale: Pixels of ``picture`` for one of the boxes'.
        class_names: K names.
    """
    draw = ImageDraw.Draw(picture)
    line = max(1, round(max(picture.size) / 300))
    font = font_for(max(picture.size))
    columns = (found[name].flip(0).tolist() for name in ("boxes", "labels", "scores"))
    for box, label, score in zip(*columns, strict=True):
        left, top, right, bottom = (side * scale for side in box)
        colour = _colour(label)
        # Pillow's last pixel is drawn, too; a box ends before it.
        ends = (left, top, max(left, right - 1), max(top, bottom - 1))
        draw.rectangle(ends, outline=colour, width=line)
        said = f"{shorten(class_names[label], NAME)} {score:.2f}"
        _write(draw, said, (left, top), picture.size, font, colour)


def _write(
    draw: ImageDraw.ImageDraw,
    said: str,
    corner: tuple[float, float],
    size: tuple[int, int],
    font: ImageFont.FreeTypeFont,
    colour: tuple[int, int, int],
) -> None:
    """Write above the upper left ``corner`` of a box, or inside where there is no room."""
    _, _, right, bottom = draw.textbbox((0, 0), said, font=font)
    x = max(0, min(corner[0], size[0] - right - 2))
    y = corner[1] - bottom - 2 if corner[1] > bottom + 2 else corner[1]
    draw.rectangle((x, y, x + right + 2, y + bottom + 2), fill=colour)
    red, green, blue = colour
    is_light = 299 * red + 587 * green + 114 * blue > 140_000
    draw.text((x + 1, y), said, font=font, fill="black" if is_light else "white")


def _colour(label: int) -> tuple[int, int, int]:
    parts = colorsys.hsv_to_rgb((0.02 + label * TURN) % 1, 0.85, 0.95)
    return tuple(round(255 * part) for part in parts)
