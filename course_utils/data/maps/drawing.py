"""Maps of classes drawn from what the files hold, as large as they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.examples import class_map
from course_utils.data.boxes.regions import Region, RegionError, draw_region
from course_utils.data.maps.colours import read_numbers


@dataclass(frozen=True)
class FromMask:
    """A map from a file of numbers or colours.

    Args:
        file: The mask.
        places: The class of each number, or ``IGNORED``.
        as_colours: Whether the numbers stand for colours.
    """

    file: Path
    places: Mapping[int, int]
    as_colours: bool

    def draw(self, size: tuple[int, int]) -> np.ndarray:
        """The map (H, W), uint8; the file has that ``size``."""
        numbers, _ = read_numbers(self.file, self.as_colours)
        known = np.array(sorted(self.places), dtype=np.int64)
        classes = np.array([self.places[number] for number in known.tolist()], dtype=np.uint8)
        if numbers.shape[::-1] != size or not np.isin(numbers, known).all():
            raise RegionError(f"{self.file} has changed since it was looked through; run again")
        return classes[np.searchsorted(known, numbers)]


@dataclass(frozen=True)
class FromRegions:
    """A map from the outlines of n objects.

    Args:
        regions: Which pixels each covers.
        labels: Their classes, background not counted.
        counts: Which are not ignored.
    """

    regions: tuple[Region, ...]
    labels: tuple[int, ...]
    counts: tuple[bool, ...]

    def draw(self, size: tuple[int, int]) -> np.ndarray:
        """The map (H, W), uint8, for a picture of that width and height."""
        width, height = size
        masks = [draw_region(region, width, height) for region in self.regions]
        return class_map(
            torch.from_numpy(np.array(masks, dtype=bool).reshape(-1, height, width)),
            torch.tensor(self.labels, dtype=torch.int64),
            torch.tensor(self.counts, dtype=torch.bool),
        ).byte().numpy()  # fmt: skip


Source = FromMask | FromRegions


def read_map(what: tuple[Source, tuple[int, int], tuple[int, int]]) -> Tensor:
    """One map (H, W), uint8, from its source, its size and its new size.

    Each new pixel takes the class of the old one at its middle: a mean of classes is no class.

    Raises:
        ValueError: If it cannot be drawn.
    """
    source, size, (width, height) = what
    try:
        drawn = torch.from_numpy(source.draw(size))
    except RegionError as error:
        raise ValueError(f"a mask cannot be drawn: {error}") from error
    if (width, height) == size:
        return drawn
    return F.interpolate(drawn[None, None], (height, width), mode="nearest-exact")[0, 0]
