"""Pictures with their maps laid over them, and a legend of the classes below."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.data.plain_text import shorten
from course_utils.models.segmentation.segmenter import ClassMap
from course_utils.shipping.drawn_copies import font_for, open_copy, save_copy
from course_utils.shipping.masks.loading import ShippedSegmenter
from course_utils.shipping.masks.results import Colour, colours_of
from course_utils.shipping.sorting import free_name, refuse_used

NAME = 30  # columns of a name
OPACITY = 0.5  # of a class over the picture


class MapDrawer:
    """A folder of pictures with their maps laid over them.

    Args:
        folder: Where; made with the first picture.
        model: That gave the maps.

    Raises:
        ValueError: If there is something in the folder already.
    """

    def __init__(self, folder: Path, model: ShippedSegmenter) -> None:
        refuse_used(folder, "--draw")
        self._folder, self._names, self._colours = folder, model.class_names, colours_of(model)
        self._taken: set[str] = set()

    def add(self, file: Path, name: Path, classes: ClassMap) -> str | None:
        """Draw on a copy of a picture; return why that cannot be done.

        Args:
            file: The picture.
            name: What it is called below the folder that was asked for.
            classes: Its map.
        """
        height, width = classes.shape
        picture = open_copy(file, (width, height))
        if isinstance(picture, str):
            return picture
        drawn = lay_over(picture, classes, self._names, self._colours)
        called = free_name(name.with_suffix("").as_posix(), ".jpg", self._taken)
        return save_copy(drawn, self._folder / called)


def lay_over(
    picture: Image.Image, classes: ClassMap, names: Sequence[str], colours: Sequence[Colour]
) -> Image.Image:
    """``picture`` (RGB) with all but class 0 in half of its colour, and a legend below.

    Args:
        picture: It stays as it is.
        classes: Its map, of any size.
        names: Of background and the classes.
        colours: Theirs.
    """
    scaled = Image.fromarray(classes.numpy()).resize(picture.size, Image.Resampling.NEAREST)
    number = np.asarray(scaled)  # (H, W)
    opacity = np.where(number == 0, 0.0, OPACITY)[..., None]
    pixels = (1 - opacity) * np.asarray(picture) + opacity * np.array(colours)[number]
    shares = np.bincount(classes.flatten().numpy(), minlength=len(names)) / classes.numel()
    shown = [k for k in np.argsort(-shares, kind="stable").tolist() if k and shares[k] > 0]
    said = [f"{shorten(names[k], NAME)} {shares[k]:.1%}" for k in shown]
    legend = draw_legend(picture.size, said, [colours[k] for k in shown])
    whole = Image.new("RGB", (picture.width, picture.height + legend.height), "white")
    whole.paste(Image.fromarray(pixels.round().astype(np.uint8)))
    whole.paste(legend, (0, picture.height))
    return whole


def draw_legend(
    size: tuple[int, int], said: Sequence[str], colours: Sequence[Colour]
) -> Image.Image:
    """A white strip as wide as a picture of that ``size``, a patch of colour before each text."""
    font = font_for(max(size))
    room = font.size // 2  # around a text
    places, height = _places(size[0], said, font, room)
    strip = Image.new("RGB", (size[0], height), "white")
    draw = ImageDraw.Draw(strip)
    for (left, top), text, colour in zip(places, said, colours, strict=True):
        draw.rectangle((left, top, left + font.size - 1, top + font.size - 1), fill=colour)
        draw.text((left + font.size + room, top), text, font=font, fill="black")
    return strip


def _places(
    width: int, said: Sequence[str], font: ImageFont.FreeTypeFont, room: int
) -> tuple[list[tuple[int, int]], int]:
    """Left and top of each text, in rows of that ``width``, and the height of all rows."""
    places, left, top, row = [], room, room, font.size + room
    for text in said:
        needed = font.size + 3 * room + int(font.getlength(text))
        if left > room and left + needed > width:
            left, top = room, top + row
        places.append((left, top))
        left += needed
    return places, top + row if said else 0
