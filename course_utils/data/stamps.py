"""Pictures of ink cut to the ink itself, at a random scale: what scenes are made of."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor

INK = 0.15  # from 0 (paper) to 1; lighter pixels belong to no object
LEAST = 5  # pixels a side that a picture keeps, however small its scale


@dataclass(frozen=True)
class Stamp:
    """One object.

    Args:
        ink: (h, w), float32 from 0 to 1; ink is on all four edges.
        is_ink: (h, w), bool: the object's own pixels.
    """

    ink: np.ndarray
    is_ink: np.ndarray


class Stamps:
    """Makes an object of a picture, each time at another scale.

    Args:
        images: M pictures (M, 1, h, w), float32 from 0 to 1, each with some ink.
        scales: The smallest and the largest scale.
        generator: Chooses scales between.
    """

    def __init__(
        self, images: Tensor, scales: tuple[float, float], generator: np.random.Generator
    ) -> None:
        self._images = images[:, 0].numpy()
        self._scales, self._generator = scales, generator
        self._cut: dict[tuple[int, int], Stamp] = {}

    def of(self, place: int) -> Stamp:
        """An object of the picture at ``place``.

        Raises:
            ValueError: If there is no ink in that picture.
        """
        picture = self._images[place]
        scale = self._generator.uniform(*self._scales)
        side = max(LEAST, round(len(picture) * scale))
        if (place, side) not in self._cut:
            self._cut[place, side] = _cut(_scaled(picture, side), place)
        return self._cut[place, side]


def _scaled(picture: np.ndarray, side: int) -> np.ndarray:
    if side == len(picture):
        return picture
    width = max(LEAST, round(picture.shape[1] * side / len(picture)))
    scaled = Image.fromarray(picture).resize((width, side), Image.Resampling.BILINEAR)
    return np.asarray(scaled)


def _cut(picture: np.ndarray, place: int) -> Stamp:
    is_ink = picture > INK
    if not is_ink.any():
        raise ValueError(f"picture {place} is blank: no pixel is darker than {INK}; leave it out")
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    inside = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Stamp(picture[inside], is_ink[inside])
