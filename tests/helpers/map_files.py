"""Small data sets of pictures and masks that the tests write."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from PIL import Image

from tests.helpers.picture_files import noise, save_picture

VOC_COLOURS = {  # as the challenge publishes them: background, its twenty classes, the border
    **{0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 3: (128, 128, 0), 4: (0, 0, 128)},
    **{5: (128, 0, 128), 6: (0, 128, 128), 7: (128, 128, 128), 8: (64, 0, 0), 9: (192, 0, 0)},
    **{10: (64, 128, 0), 11: (192, 128, 0), 12: (64, 0, 128), 13: (192, 0, 128)},
    **{14: (64, 128, 128), 15: (192, 128, 128), 16: (0, 64, 0), 17: (128, 64, 0)},
    **{18: (0, 192, 0), 19: (128, 192, 0), 20: (0, 64, 128), 255: (224, 224, 192)},
}


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


def write_voc_masks(
    root: Path, masks: Mapping[str, np.ndarray], lists: Mapping[str, Sequence[str]]
) -> str:
    """Photographs, both folders of masks and lists, as VOC lays them out; how to ask for them."""
    for name, mask in masks.items():
        photograph = noise(*mask.shape[::-1], seed=crc32(name.encode()))
        save_picture(root / "JPEGImages" / f"{name}.jpg", photograph)
        for folder, values in (("Class", mask), ("Object", np.minimum(mask, 3))):
            picture = with_palette(values, VOC_COLOURS)
            save_picture(root / f"Segmentation{folder}" / f"{name}.png", picture)
    (root / "ImageSets" / "Segmentation").mkdir(parents=True, exist_ok=True)
    for name, named in lists.items():
        text = "".join(f"{one}\n" for one in named)
        (root / "ImageSets" / "Segmentation" / f"{name}.txt").write_text(text, encoding="utf-8")
    return f"masks:{root}"
