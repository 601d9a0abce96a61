"""Files of pictures that the tests make, and ways in which such files get damaged."""

from itertools import count
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from course_utils.data.examples import PictureFiles

RED, GREEN = (255, 0, 0), (0, 255, 0)
_number = count(1)


def save_picture(path: Path, picture: Image.Image | None = None, **options: object) -> Path:
    """Write ``picture``, or one that no other equals, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (picture or unlike_others(8)).save(path, **options)
    return path


def unlike_others(size: int) -> Image.Image:
    """A red picture with a dark half, of a shade that was not used before."""
    high, low = divmod(next(_number), 256)
    picture = Image.new("RGB", (size, size), (255, high, low))
    picture.paste((100, 0, 0), (0, size // 2, size, size))
    return picture


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """A picture of random colours."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def write_noise(folder: Path, num_pictures: int, num_classes: int = 2) -> PictureFiles:
    """Write pictures of many sizes and name them; the labels go round the classes."""
    files = [folder / f"{number:03d}.png" for number in range(num_pictures)]
    for number, file in enumerate(files):
        save_picture(file, noise(8 + number % 5, 10, seed=number))
    names = tuple("abcdefgh"[:num_classes])
    return PictureFiles(tuple(files), torch.arange(num_pictures) % num_classes, names)


def save_broken_remark(path: Path) -> Path:
    """Write a white photograph whose EXIF remark ends too soon."""
    broken = b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01"
    return save_picture(path, Image.new("RGB", (8, 8), "white"), exif=broken)


def truncate(path: Path) -> None:
    """Cut the last 200 bytes off."""
    path.write_bytes(path.read_bytes()[:-200])


def scramble(path: Path) -> None:
    """Put text in the place of the picture."""
    path.write_bytes(b"no picture at all")


def empty(path: Path) -> None:
    """Leave a file of no bytes."""
    path.write_bytes(b"")


DAMAGES = [truncate, scramble, empty]
