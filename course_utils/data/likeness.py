"""Which pictures are the same, and which nearly: by what they show, whatever their classes."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.near_copies import PAIRS_PER_SECOND, find_near_pairs
from course_utils.data.streamed import StreamedImages
from course_utils.files import DamagedFileError
from course_utils.tensor_files import keep_if_possible, load_tensors

END = 4096  # bytes at the end of a file that are compared before all of it
FEW = 16  # pictures that are read to estimate how long all would take
VERSION = 1  # of how likeness is found; what another version kept is made again


@dataclass(frozen=True)
class Likeness:
    """What is alike among N pictures.

    Args:
        same: (N,), int64: the first place that holds the very same picture; its own where there is
            no other.
        near: (P, 2), int64: pairs of near copies among first places, the smaller place first; None
            where nobody looked for them.
    """

    same: Tensor
    near: Tensor | None


def find_likeness(
    images: Tensor | StreamedImages, *, look_near: bool = True, cache: Path | None = None
) -> Likeness:
    """Find equal pictures and near copies: other size or compression, mirrored, cropped a little.

    Args:
        images: N pictures (N, C, H, W), uint8 or float32 from 0 to 1. Equal pictures have equal
            pixels or, where pictures stay in their files, equal files.
        look_near: Whether to look for near copies, for which every picture is read.
        cache: File that keeps what was found, so that a second call only reads it; its name must
            be another one once a picture has changed.
    """
    kept = _load(cache) if cache is not None and cache.exists() else None
    if kept is not None and (kept.near is not None or not look_near):
        return kept
    is_streamed = isinstance(images, StreamedImages)
    same = _equal_files(images.files) if is_streamed else _equal_pixels(images)
    near = None
    if look_near:
        distinct = (same == torch.arange(len(same))).nonzero().flatten()
        near = distinct[find_near_pairs(images[distinct] if len(distinct) < len(same) else images)]
    if cache is not None:
        keep_if_possible((VERSION, same, near), cache)
    return Likeness(same, near)


def minutes_to_look(images: StreamedImages) -> float:
    """About how long looking for near copies among files takes; a few of them are read."""
    few = list(range(0, len(images), -(-len(images) // FEW)))
    start = time.perf_counter()
    images.__getitems__(few)
    reading = (time.perf_counter() - start) / len(few) * len(images)
    return (reading + len(images) ** 2 / 2 / PAIRS_PER_SECOND) / 60


def _load(cache: Path) -> Likeness | None:
    """What ``cache`` keeps, unless it is damaged or was made in another way."""
    try:
        version, *kept = load_tensors(cache)
    except DamagedFileError:
        return None
    return Likeness(*kept) if version == VERSION else None


def _equal_pixels(images: Tensor) -> Tensor:
    """For each picture (N,) the first place that has the same pixels."""
    return _first_places([_digest(picture) for picture in images.contiguous().numpy()])


def _equal_files(files: Sequence[str]) -> Tensor:
    """For each file (N,) the first place that has the same bytes; few are read whole."""
    keys: list[tuple[Hashable, ...]] = [()] * len(files)
    looks: tuple[Callable[[str], Hashable], ...] = (os.path.getsize, _end_of, _digest_of)
    for look in looks:  # one after the other, for those that are alike so far
        count = Counter(keys)
        keys = [
            (*key, look(file)) if count[key] > 1 else key
            for key, file in zip(keys, files, strict=True)
        ]
    return _first_places(keys)


def _first_places(keys: Sequence[Hashable]) -> Tensor:
    first: dict[Hashable, int] = {}
    return torch.tensor([first.setdefault(key, place) for place, key in enumerate(keys)])


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _digest_of(file: str) -> bytes:
    return _digest(Path(file).read_bytes())


def _end_of(file: str) -> bytes:
    with open(file, "rb") as opened:
        opened.seek(-min(END, os.path.getsize(file)), os.SEEK_END)
        return _digest(opened.read())
