"""Which pixels an object covers: polygons, run lengths or a file of masks, drawn as one mask."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from course_utils.data.decoding import reading_pictures
from course_utils.data.unreadable import reason_for

ONE_NUMBER = ("1", "L", "P", "I", "I;16", "I;16B")  # Pillow's modes with one number a pixel


@dataclass(frozen=True)
class Polygons:
    """Corners x, y, x, y, ... of one or more polygons, in pixels or in shares of the picture."""

    corners: tuple[tuple[float, ...], ...]
    in_fractions: bool = False


@dataclass(frozen=True)
class RunLengths:
    """COCO's run lengths: down the columns, out and in by turns; a list, or packed as text."""

    height: int
    width: int
    counts: tuple[int, ...] | str


@dataclass(frozen=True)
class InFile:
    """The pixels of one value in a file of masks."""

    file: Path
    value: int


Region = Polygons | RunLengths | InFile


class RegionError(ValueError):
    """What should say which pixels are an object's does not."""


def parse_segmentation(said: Any) -> Region | None:
    """What COCO's field ``segmentation`` says; None if it is missing or empty.

    Raises:
        RegionError: If it is neither polygons nor run lengths; it says why.
    """
    if not said:
        return None
    if isinstance(said, list):
        return parse_polygons(said)
    try:
        (height, width), counts = said["size"], said["counts"]
        if isinstance(counts, list):
            return RunLengths(int(height), int(width), tuple(int(run) for run in counts))
        return RunLengths(int(height), int(width), str(counts))
    except (TypeError, KeyError, ValueError) as error:
        raise RegionError("neither polygons nor size and counts of run lengths") from error


def parse_polygons(said: Sequence[Sequence[Any]], in_fractions: bool = False) -> Polygons:
    """Polygons of at least three corners each.

    Raises:
        RegionError: If there is one that is none.
    """
    corners = []
    for polygon in said:
        try:
            numbers = tuple(float(number) for number in polygon)
        except (TypeError, ValueError) as error:
            raise RegionError("a polygon holds something that is no number") from error
        if len(numbers) < 6 or len(numbers) % 2 or not all(map(math.isfinite, numbers)):
            raise RegionError(f"a polygon of {len(numbers)} numbers, not x, y of 3 corners or more")
        corners.append(numbers)
    return Polygons(tuple(corners), in_fractions)


def extent(polygons: Polygons) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all ``polygons``, in their unit."""
    x = [number for polygon in polygons.corners for number in polygon[::2]]
    y = [number for polygon in polygons.corners for number in polygon[1::2]]
    return min(x), min(y), max(x), max(y)


def draw_region(region: Region, width: int, height: int) -> np.ndarray:
    """The pixels of an object, (height, width), bool.

    Raises:
        RegionError: If it cannot be drawn on a picture of that size; it says why.
    """
    if isinstance(region, InFile):
        return read_mask(region.file) == region.value
    from faster_coco_eval import mask as library  # here: it takes a moment to import

    if isinstance(region, Polygons):
        scale = np.array([width, height]) if region.in_fractions else np.ones(2)
        scaled = [(np.reshape(c, (-1, 2)) * scale).ravel().tolist() for c in region.corners]
        return library.decode(library.merge(library.frPyObjects(scaled, height, width))) > 0
    if (region.width, region.height) != (width, height):
        raise RegionError(
            f"run lengths for {region.width}x{region.height} pixels, not {width}x{height}"
        )
    packed = {"size": [height, width], "counts": region.counts}
    try:
        if not isinstance(region.counts, str):
            packed = library.frPyObjects({**packed, "counts": list(region.counts)}, height, width)
        return library.decode(packed) > 0
    except (ValueError, RuntimeError) as error:
        raise RegionError(f"run lengths that do not fill {width}x{height} pixels") from error


@lru_cache(maxsize=4)
def read_mask(file: Path) -> np.ndarray:
    """The number at each pixel of a file of masks, (H, W), int64; of a palette, its places.

    Raises:
        RegionError: If the file does not hold one number a pixel, or cannot be read.
    """
    with opened_mask(file) as opened:
        if opened.mode not in ONE_NUMBER:
            raise RegionError(
                f"colours ({opened.mode}), not one number a pixel; save it in grey or with a "
                "palette"
            )
        return np.asarray(opened).astype(np.int64)


@contextmanager
def opened_mask(file: Path) -> Iterator[Image.Image]:
    """A block with a file of masks opened, in which all that goes wrong is a ``RegionError``."""
    try:
        with reading_pictures(), Image.open(file) as opened:
            if opened.format in ("JPEG", "MPO"):
                raise RegionError(
                    "a JPEG, which changes numbers a little when it is saved; save masks as PNG"
                )
            yield opened
    except RegionError:
        raise
    except Exception as error:  # Pillow raises whatever damaged bytes happen to mean
        raise RegionError(reason_for(error, file).value[0]) from error
