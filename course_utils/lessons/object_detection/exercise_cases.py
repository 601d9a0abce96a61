"""Inputs of the exercises of lesson 08: nasty ones that stay, and others that the seed draws."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

Box = list[float]
Row = dict[str, Any]  # "clip", "picture" and "box"
Found = tuple[Tensor, Tensor, Tensor, float]  # boxes (n, 4), labels (n,), scores (n,), most_iou
Ranked = tuple[list[int | None], int]  # which object each box hits, and how many objects there are

FORMS = ("coco", "voc", "yolo", "yxyx")
PAIRS: tuple[tuple[Box, Box], ...] = (
    ([0, 0, 4, 4], [2, 2, 6, 6]),
    ([0, 0, 2, 2], [5, 6, 10, 9]),  # apart both ways: two negative numbers
    ([0, 0, 4, 4], [6, 1, 8, 3]),  # side by side
    ([0, 0, 4, 4], [4, 0, 8, 4]),  # they touch
    ([1, 1, 9, 9], [3, 2, 5, 8]),  # one within the other
    ([3, 2, 7, 5], [3, 2, 7, 5]),
    ([2.5, 1.0, 7.5, 4.5], [4.0, 0.5, 9.0, 3.5]),
)
FOUND: tuple[tuple[list[Box], list[int], list[float], float], ...] = (
    ([[0, 0, 8, 8], [1, 0, 9, 9], [20, 20, 28, 30]], [3, 3, 3], [0.6, 0.9, 0.4], 0.5),
    ([[0, 0, 8, 8], [0, 0, 8, 9]], [3, 5], [0.6, 0.9], 0.5),  # two classes on one place
    # The first removes the second; the third overlaps the second alone, so it stays.
    ([[0, 0, 10, 10], [2, 0, 12, 11], [4, 0, 14, 9]], [1, 1, 1], [0.9, 0.8, 0.7], 0.5),
    ([[0, 0, 8, 8], [0, 0, 8, 4]], [2, 2], [0.5, 0.7], 0.5),  # an IoU of exactly 0.5
    ([[0, 0, 12, 12], [1, 1, 10, 11]], [4, 4], [0.5, 0.8], 0.4),  # the smaller one is surer
    ([[0, 0, 8, 8], [30, 0, 39, 8], [1, 0, 8, 8]], [7, 7, 7], [0.9, 0.8, 0.7], 0.5),
    ([], [], [], 0.5),  # an empty scene
)
RANKED: tuple[Ranked, ...] = (
    ([0, None, 1], 2),
    ([0, 0, 1], 2),  # the second hit of an object is a mistake
    ([None, 0, 1, 2], 3),  # precision rises
    ([0, 1], 5),  # some are never found
    ([2, None, 0, 2, None, None, 1, None], 4),
    ([None, None], 3),
    ([], 2),
)


def box_pairs(seed: int) -> list[tuple[Box, Box]]:
    """Pairs of boxes, corners in halves of pixels.

    Those that are drawn lie so near each other that no sign makes the areas cancel out: a wrong
    idea should give a wrong number, not a division by 0.
    """
    generator = np.random.default_rng([seed, 1])
    drawn = [(_box(generator, 14, least=6), _box(generator, 14, least=6)) for _ in range(12)]
    return [(list(box), list(other)) for box, other in [*PAIRS, *drawn]]


def corner_cases(seed: int) -> list[tuple[Box, str, int, int]]:
    """Boxes in each of the forms, and the width and height of their pictures."""
    generator = np.random.default_rng([seed, 2])
    cases = []
    for form in FORMS:
        for width, height in ((64, 48), (100, 250), (640, 480)):
            left, right = np.sort(generator.choice(np.arange(1, width), 2, replace=False)).tolist()
            top, bottom = np.sort(generator.choice(np.arange(1, height), 2, replace=False)).tolist()
            across, down = right - left, bottom - top
            numbers = {
                "coco": [left, top, across, down],
                "voc": [left + 1, top + 1, right, bottom],
                "yolo": [
                    (left + right) / 2 / width,
                    (top + bottom) / 2 / height,
                    across / width,
                    down / height,
                ],
                "yxyx": [top, left, bottom, right],
            }[form]
            cases.append((numbers, form, width, height))
    return cases


def clip_rows(seed: int) -> list[tuple[list[Row], float, int]]:
    """Rows of annotations in no order, the share of clips to test on, and a seed for the lots.

    Pictures of two clips may have the same name; no two rows are the same.
    """
    generator = np.random.default_rng([seed, 3])
    cases = []
    for num_clips, share in ((8, 0.25), (40, 0.3)):
        rows = [
            {
                "clip": f"clip{clip:02d}",
                "picture": f"{frame:04d}.jpg",
                "box": [number, clip, 20, 30],
            }
            for clip in range(num_clips)
            for frame in range(generator.integers(2, 5))
            for number in range(generator.integers(1, 4))
        ]
        cases.append(([rows[k] for k in generator.permutation(len(rows))], share, seed))
    return cases


def found_boxes(seed: int) -> list[Found]:
    """Boxes with classes and scores as a detector finds them: several on each object."""
    generator = np.random.default_rng([seed, 4])
    cases = [
        (torch.tensor(boxes).float().view(-1, 4), torch.tensor(labels).long(),
         torch.tensor(scores).float(), most)
        for boxes, labels, scores, most in FOUND
    ]  # fmt: skip
    for most in (0.3, 0.5, 0.7):
        objects = np.array([_box(generator, 40, least=6) for _ in range(5)])
        boxes = np.repeat(objects, 5, axis=0) + generator.uniform(-2, 2, (25, 4))
        labels = np.repeat(generator.integers(3, size=5), 5)
        scores = generator.permutation(np.arange(1, 26)) / 26
        order = generator.permutation(25)
        parts = (torch.from_numpy(part[order]) for part in (boxes, labels, scores))
        cases.append((*parts, most))
    return [(boxes.float(), labels, scores.float(), most) for boxes, labels, scores, most in cases]


def ranked_hits(seed: int) -> list[Ranked]:
    """Which object each box of a list hits, the surest box first, and how many objects exist."""
    generator = np.random.default_rng([seed, 5])
    drawn = []
    for length in (6, 10, 15):
        num_objects = length // 2
        hits = generator.integers(-num_objects, num_objects, size=length).tolist()
        drawn.append(([hit if hit >= 0 else None for hit in hits], num_objects))
    return [(list(hits), num_objects) for hits, num_objects in [*RANKED, *drawn]]


def _box(generator: np.random.Generator, size: int, least: int) -> Box:
    """A box that begins on a square of ``size`` pixels, corners in halves of pixels.

    Each side is longer than ``least``.
    """
    start = generator.integers(0, 2 * (size - least), size=2, endpoint=True) / 2
    length = least + generator.integers(1, size, size=2) / 2
    return [*start.tolist(), *(start + length).tolist()]
