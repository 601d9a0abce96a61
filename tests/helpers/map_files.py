"""Small data sets of pictures and masks that the tests write."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from tests.helpers.picture_files import noise, save_picture


def patches(*values: int, size: tuple[int, int] = (40, 30), dtype: type = np.uint8) -> np.ndarray:
    """A mask (H, W) with a patch of 4x3 pixels of each value, side by side on 0."""
    mask = np.zeros(size[::-1], dtype=dtype)
    for place, value in enumerate(values):
        mask[5:8, 1 + 5 * place : 5 + 5 * place] = value
    return mask


def write_maps(
    root: Path, masks: Mapping[str, np.ndarray | Image.Image], folder: str = "masks"
) -> str:
    """A picture of noise for each mask, as large; how to ask for them."""
    for seed, (name, mask) in enumerate(masks.items(), start=1):
        picture = mask if isinstance(mask, Image.Image) else Image.fromarray(mask)
        save_picture(root / "images" / f"{name}.png", noise(*picture.size, seed=seed))
        save_picture(root / folder / f"{name}.png", picture)
    return f"masks:{root}"


def in_colours(mask: np.ndarray, colours: Mapping[int, tuple[int, int, int]]) -> Image.Image:
    """The mask with a colour for each value."""
    pixels = np.zeros((*mask.shape, 3), dtype=np.uint8)
    for value, colour in colours.items():
        pixels[mask == value] = colour
    return Image.fromarray(pixels)


def with_palette(mask: np.ndarray, colours: Mapping[int, tuple[int, int, int]]) -> Image.Image:
    """The mask as a picture of places in a palette."""
    picture = Image.fromarray(mask)
    flat = [part for place in range(256) for part in colours.get(place, (0, 0, 0))]
    picture.putpalette(flat)
    return picture
