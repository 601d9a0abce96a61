"""Scenes drawn: pictures of ink put on paper side by side, with exact boxes and masks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.examples import LabelledImages
from course_utils.data.paper import Paper
from course_utils.data.stamps import Stamp, Stamps

TRIES = 30  # to find a free place for an object; then the scene goes without it


@dataclass(frozen=True)
class Scenes(BoxedPictures):
    """Scenes of one size, images (N, 1, H, W), float32 from 0 (paper) to 1 (ink).

    Args:
        sources: N of (n,), int64: which picture each object is, so that splits can be checked.
    """

    sources: tuple[Tensor, ...] = ()


def draw_scenes(
    pictures: LabelledImages,
    num_scenes: int,
    seed: int | Sequence[int],
    *,
    places: Tensor | None = None,
    size: int = 32,
    min_objects: int = 0,
    max_objects: int = 4,
    scales: tuple[float, float] = (1.0, 1.5),
    gap: int = 0,
    paper: Paper | None = None,
) -> Scenes:
    """Put pictures of ink on paper so that their boxes do not overlap.

    Each picture is used once before any is used again. A box goes around the pixels of ink, those
    darker than ``INK``, and these pixels are the mask: both come from the same.

    Args:
        pictures: M pictures (M, 1, h, w), float32 from 0 to 1.
        num_scenes: N, the scenes to draw.
        seed: One number or several; the same ones give the same scenes.
        places: Which of the ``pictures`` may be used; None for all.
        size: H and W of a scene in pixels.
        min_objects: The fewest objects that a scene is to hold.
        max_objects: The most; numbers between are equally likely, so with 0 some scenes are empty.
        scales: How much larger than its picture an object is, at least and at most.
        gap: Pixels between two boxes at least.
        paper: What the scenes are drawn on; None for clean paper.

    Raises:
        ValueError: If a number is out of its range, or the largest object does not fit.
    """
    _check(num_scenes, size, min_objects, max_objects, scales, gap, pictures.images.shape)
    generator = np.random.default_rng(seed)
    stamps = Stamps(pictures.images, scales, generator)
    usable = torch.arange(len(pictures)) if places is None else places
    turn = _in_turn(usable.numpy(), generator)
    images = np.zeros((num_scenes, size, size), dtype=np.float32)
    drawn: list[list[tuple[int, tuple[int, int, int, int], Stamp]]] = []
    for canvas in images:
        drawn.append([])
        taken: list[tuple[int, int, int, int]] = []
        for _ in range(generator.integers(min_objects, max_objects + 1)):
            source = next(turn)
            stamp = stamps.of(source)
            box = _free_place(stamp, size, gap, taken, generator)
            if box is not None:
                left, top, right, bottom = box
                canvas[top:bottom, left:right] = stamp.ink
                taken.append(box)
                drawn[-1].append((source, box, stamp))
        if paper is not None:
            paper.put_under(canvas, generator)
    return _collect(images, drawn, pictures)


def _in_turn(places: np.ndarray, generator: np.random.Generator) -> Iterator[int]:
    """The ``places`` in random order, and again in another, without end."""
    return chain.from_iterable(generator.permutation(places).tolist() for _ in count())


def _free_place(
    stamp: Stamp,
    size: int,
    gap: int,
    taken: Sequence[tuple[int, int, int, int]],
    generator: np.random.Generator,
) -> tuple[int, int, int, int] | None:
    """A box for ``stamp`` that keeps its distance from those ``taken``; None if none was found."""
    height, width = stamp.ink.shape
    corners = generator.integers(0, (size - width + 1, size - height + 1), (TRIES, 2)).tolist()
    for left, top in corners:
        right, bottom = left + width, top + height
        if all(
            right + gap <= a or c + gap <= left or bottom + gap <= b or d + gap <= top
            for a, b, c, d in taken
        ):
            return left, top, right, bottom
    return None


def _collect(
    images: np.ndarray,
    drawn: Sequence[Sequence[tuple[int, tuple[int, int, int, int], Stamp]]],
    pictures: LabelledImages,
) -> Scenes:
    size = images.shape[-1]
    masks, sources = [], []
    for objects in drawn:
        masks.append(np.zeros((len(objects), size, size), dtype=bool))
        for mask, (_, (left, top, right, bottom), stamp) in zip(masks[-1], objects, strict=True):
            mask[top:bottom, left:right] = stamp.is_ink
        sources.append(torch.tensor([source for source, _, _ in objects], dtype=torch.int64))
    boxes = [[box for _, box, _ in objects] for objects in drawn]
    return Scenes(
        torch.from_numpy(images).unsqueeze(1),
        tuple(torch.tensor(some, dtype=torch.float32).view(-1, 4) for some in boxes),
        tuple(pictures.labels[some] for some in sources),
        pictures.class_names,
        tuple(torch.ones(len(some), dtype=torch.bool) for some in sources),
        tuple(f"scene {number}" for number in range(len(drawn))),
        tuple(map(torch.from_numpy, masks)),
        sources=tuple(sources),
    )


def _check(
    num_scenes: int,
    size: int,
    min_objects: int,
    max_objects: int,
    scales: tuple[float, float],
    gap: int,
    shape: Sequence[int],
) -> None:
    if num_scenes < 1:
        raise ValueError(f"the number of scenes must be at least 1, got {num_scenes}")
    if not 0 <= min_objects <= max_objects:
        raise ValueError(
            f"min_objects must be from 0 to max_objects, got {min_objects} and {max_objects}"
        )
    if not 0 < scales[0] <= scales[1]:
        raise ValueError(f"scales must be two numbers above 0, the smaller first, got {scales}")
    if gap < 0:
        raise ValueError(f"gap must be at least 0 pixels, got {gap}")
    largest = round(max(shape[-2:]) * scales[1])
    if largest > size:
        raise ValueError(
            f"objects of up to {largest} pixels do not fit on scenes of {size}: set size to "
            f"{largest} or more, or scales[1] to {size / max(shape[-2:]):g} or less"
        )
