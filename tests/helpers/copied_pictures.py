"""Pictures and copies of them, as folders that people keep really have them."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from course_utils.data.decoding import read_picture
from course_utils.data.examples import LabelledImages
from tests.helpers.picture_files import noise, save_picture

Change = Callable[[Image.Image], Image.Image]
NUM_NOISE = 20  # pictures of each class of ``write_copied_noise``


def scene(seed: int, size: int = 80) -> Image.Image:
    """A picture that is alike at all scales, as photographs are: large forms and small detail."""
    pixels = np.zeros((size, size, 3))
    for level, width in enumerate((3, 6, 12, 24, 48)):
        layer = noise(width, width, seed=10 * seed + level).resize((size, size), 3)
        pixels += (np.asarray(layer, dtype=float) - 128) / 1.6**level
    return Image.fromarray((128 + 0.8 * pixels).clip(0, 255).astype(np.uint8))


def blocks(seed: int) -> Image.Image:
    """48x48 pixels of noise in large blocks: nothing to learn, and no two alike."""
    return noise(6, 6, seed=seed).resize((48, 48), Image.Resampling.BILINEAR)


def resized(factor: float) -> Change:
    """To ``factor`` times the width and height."""
    return lambda picture: picture.resize([round(factor * side) for side in picture.size])


def compressed(quality: int) -> Change:
    """Through JPEG."""

    def change(picture: Image.Image) -> Image.Image:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        return Image.open(file).convert("RGB")

    return change


def cropped(share: float, seed: int = 0) -> Change:
    """Without ``share`` of each side, cut off at a random place."""

    def change(picture: Image.Image) -> Image.Image:
        draw = random.Random(seed + sum(picture.getpixel((0, 0))))
        width, height = (round((1 - share) * side) for side in picture.size)
        left, top = (
            draw.randint(0, side - kept)
            for side, kept in zip(picture.size, (width, height), strict=True)
        )
        return picture.crop((left, top, left + width, top + height))

    return change


def mirrored(picture: Image.Image) -> Image.Image:
    """Left to right."""
    return ImageOps.mirror(picture)


def decoded(pictures: list[Image.Image], image_size: int = 32) -> Tensor:
    """As lessons get them: (N, 3, image_size, image_size), uint8."""
    rows = []
    for picture in pictures:
        file = io.BytesIO()
        picture.save(file, "PNG")
        file.seek(0)
        rows.append(torch.from_numpy(read_picture(file, image_size, 3)).permute(2, 0, 1))
    return torch.stack(rows)


def nearly_copied_noise(changes: list[Change]) -> LabelledImages:
    """Two classes of ``NUM_NOISE`` pictures of noise, each there as it is and with all changes."""
    pictures = [blocks(seed) for seed in range(2 * NUM_NOISE)]
    copies = [change(picture) for picture in pictures for change in (lambda same: same, *changes)]
    labels = torch.arange(2).repeat_interleave(NUM_NOISE * (1 + len(changes)))
    return LabelledImages(decoded(copies), labels, ("a", "b"))


def write_copied_noise(folder: Path) -> Path:
    """Write noise of two classes, of which each picture lies there six times: ``folder/copies``.

    In ``folder/parts`` train, val and test hold the same files.
    """
    for seed in range(2 * NUM_NOISE):
        name, number = "ab"[seed % 2], seed // 2
        for copy in range(6):
            save_picture(folder / f"copies/{name}/{number:02d} ({copy}).png", blocks(seed))
        for part in ("train", "val", "test"):
            save_picture(folder / f"parts/{part}/{name}/{number:02d}.png", blocks(seed))
    return folder


def nearest_neighbour_hits(train: LabelledImages, test: LabelledImages) -> int:
    """How many test pictures have the class of the training picture with the nearest pixels."""
    known, new = (part.images.flatten(1).float() for part in (train, test))
    return int((train.labels[torch.cdist(new, known).argmin(dim=1)] == test.labels).sum())
