"""Sizes and formats of picture files, read from their first bytes; nothing is decoded."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.data.decoding import reading_pictures

MOST = 2000  # files that are looked at; of more, these spread evenly
GREY = ("1", "L", "LA", "I", "I;16", "F")  # Pillow's names for pictures without colour


@dataclass(frozen=True)
class Headers:
    """What the first bytes of some files say.

    Args:
        sides: Width and height of each picture that says so (N, 2), int64.
        kinds: How many there are of each format and mode, such as ``"JPEG RGB"``.
        num_files: How many files there are in all.
    """

    sides: np.ndarray
    kinds: Counter[str]
    num_files: int

    @property
    def typical_side(self) -> int:
        """The median of the shorter sides, pixels."""
        return int(np.median(self.sides.min(axis=1)))

    @property
    def all_grey(self) -> bool:
        """Whether no picture has colours."""
        return all(kind.split()[-1] in GREY for kind in self.kinds)

    def __str__(self) -> str:
        (w, h), (least, most) = np.median(self.sides, axis=0), self._ends()
        looked = f"{len(self.sides):,} of {self.num_files:,} pictures, spread evenly"
        sizes = f"every one is {most}" if least == most else f"smallest {least}, largest {most}"
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in self.kinds.most_common())
        return (
            f"Pixels, width x height: {sizes}, median {w:.0f}x{h:.0f}. Formats: {kinds}"
            + f" ({looked})" * (len(self.sides) < self.num_files)
        )

    def _ends(self) -> tuple[str, str]:
        order = self.sides.prod(axis=1).argsort(kind="stable")
        least, most = ("x".join(map(str, self.sides[order[place]])) for place in (0, -1))
        return least, most


def read_headers(files: Sequence[Path], most: int = MOST) -> Headers:
    """What ``files`` say of themselves; files that say nothing are passed over.

    Raises:
        ValueError: If not one says what it is.
    """
    step = max(1, -(-len(files) // most))
    with reading_pictures(), ThreadPoolExecutor() as pool:
        read = [header for header in pool.map(_read_header, files[::step]) if header]
    if not read:
        raise ValueError(f"of {len(files):,} files none is a picture, {files[0].name} among them")
    sides = np.array([size for size, _ in read])
    return Headers(sides, Counter(kind for _, kind in read), len(files))


def _read_header(file: Path) -> tuple[tuple[int, int], str] | None:
    try:
        with Image.open(file) as opened:
            return opened.size, f"{opened.format} {opened.mode}"
    except Exception:  # Pillow raises whatever damaged bytes happen to mean; the loader names them
        return None
