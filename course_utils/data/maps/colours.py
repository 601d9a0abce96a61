"""Masks in colours: what each pixel is as one number, and what colours a user names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor

from course_utils.data.boxes.regions import ONE_NUMBER, RegionError, opened_mask

SHOWN = 12  # colours that a refusal lists
Colour = tuple[int, int, int]


def read_numbers(file: Path, as_colours: bool = False) -> tuple[np.ndarray, bool]:
    """The number at each pixel of a mask (H, W), int64; and whether it stands for a colour.

    A file of colours that are all grey holds numbers, unless ``as_colours`` says otherwise.

    Raises:
        RegionError: If the file cannot be read, or its numbers may have changed.
    """
    with opened_mask(file) as opened:
        if opened.mode in ONE_NUMBER and not (as_colours and opened.mode in ("1", "L", "P")):
            return np.asarray(opened).astype(np.int64), False
        if opened.mode not in ("1", "L", "P", "LA", "RGB", "RGBA"):
            raise RegionError(f"of the mode {opened.mode}; save it in grey, with a palette or RGB")
        pixels = np.asarray(_opaque(opened).convert("RGB")).astype(np.int64)
    red, green, blue = np.moveaxis(pixels, -1, 0)
    if not as_colours and np.array_equal(red, green) and np.array_equal(red, blue):
        return red, False
    return red << 16 | green << 8 | blue, True


def _opaque(opened: Image.Image) -> Image.Image:
    if opened.mode in ("LA", "RGBA") and opened.getchannel("A").getextrema()[0] < 255:
        raise RegionError("partly transparent; save it without transparency")
    return opened


def number_of(colour: Sequence[int] | str, name: str) -> int:
    """The number of a colour that the user gives, as three numbers or as ``"#ff8000"``.

    Raises:
        ValueError: If it is no colour; it names the class.
    """
    try:
        colour = ImageColor.getrgb(colour) if isinstance(colour, str) else colour
        red, green, blue = (int(part) for part in colour)
    except (TypeError, ValueError):
        red = green = blue = -1
    if not all(0 <= part <= 255 for part in (red, green, blue)):
        raise ValueError(
            f'the colour of {name!r} must be three numbers from 0 to 255, or such as "#ff8000", '
            f"got {colour!r}"
        )
    return red << 16 | green << 8 | blue


def numbers_of(colours: Mapping[str, Sequence[int] | str]) -> dict[int, str]:
    """The name of each colour, by its number.

    Raises:
        ValueError: If there is none, one is no colour, or two names have the same.
    """
    names: dict[int, str] = {}
    for name, colour in colours.items():
        number = number_of(colour, name)
        if number in names:
            raise ValueError(
                f"{names[number]!r} and {name!r} have the same colour {in_words(number)}; "
                "give each its own"
            )
        names[number] = str(name)
    if not names:
        raise ValueError("colours must name at least one colour, got none")
    return names


def in_words(number: int) -> str:
    """A colour as ``(255, 128, 0)``."""
    return f"({number >> 16}, {number >> 8 & 255}, {number & 255})"


def listed_colours(pixels: Iterable[Mapping[int, int]]) -> str:
    """The colours of some masks and how many pixels each has, the most frequent first."""
    total: Counter[int] = Counter()
    for some in pixels:
        total.update(some)
    shown = [f"{in_words(number)} {count:,} pixels" for number, count in total.most_common(SHOWN)]
    rest = len(total) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more colours" if rest else "")
