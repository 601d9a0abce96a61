"""Maps scaled, averaged and scored by plain loops over pixels, to check the lesson's own."""

from fractions import Fraction
from itertools import product

import numpy as np

from course_utils.data.boxes.examples import IGNORED

Rows = list[list[int]]  # a map


def nearest(rows: Rows, height: int, width: int) -> Rows:
    """Each pixel has the number of the pixel in which its middle lies."""
    down, across = Fraction(len(rows), height), Fraction(len(rows[0]), width)
    half = Fraction(1, 2)
    return [
        [rows[int((y + half) * down)][int((x + half) * across)] for x in range(width)]
        for y in range(height)
    ]


def between(rows: list[list[Fraction | int]], height: int, width: int) -> list[list[Fraction]]:
    """Bilinear: each pixel between the four whose middles surround its middle."""
    ways = [_neighbours(len(rows), height), _neighbours(len(rows[0]), width)]
    return [
        [
            sum(
                (Fraction(rows[a][b]) * p * q for (a, p), (b, q) in product(each, other)),
                start=Fraction(0),
            )
            for other in ways[1]
        ]
        for each in ways[0]
    ]


def _neighbours(old: int, new: int) -> list[list[tuple[int, Fraction]]]:
    """For each new pixel along a side, two old ones with their weights."""
    found = []
    for place in range(new):
        at = max(Fraction(0), (place + Fraction(1, 2)) * Fraction(old, new) - Fraction(1, 2))
        low = int(at)
        found.append([(low, 1 - (at - low)), (min(low + 1, old - 1), at - low)])
    return found


def numbers_between(rows: Rows, height: int, width: int) -> Rows:
    """The same, rounded to whole numbers."""
    return [[round(number) for number in row] for row in between(rows, height, width)]


def from_shares(rows: Rows, stride: int, num_classes: int) -> tuple[Rows, np.ndarray]:
    """A map from the shares of classes in cells, and which of its pixels are no near tie."""
    height, width = len(rows), len(rows[0])
    cells = [[_cell(rows, stride * y, stride * x, stride) for x in range(-(-width // stride))]
             for y in range(-(-height // stride))]  # fmt: skip
    size = stride * len(cells), stride * len(cells[0])
    scores = [
        between([[_share(cell, k) for cell in row] for row in cells], *size)
        for k in range(1 + num_classes)
    ]
    found, clear = [], np.zeros((height, width), dtype=bool)
    for y in range(height):
        found.append([])
        for x in range(width):
            of_pixel = [scores[k][y][x] for k in range(1 + num_classes)]
            found[-1].append(of_pixel.index(max(of_pixel)))
            second, first = sorted(of_pixel)[-2:]
            clear[y, x] = first - second > 1e-5
    return found, clear


def _cell(rows: Rows, top: int, left: int, stride: int) -> list[int]:
    inside = [number for row in rows[top : top + stride] for number in row[left : left + stride]]
    return [number for number in inside if number != IGNORED]


def _share(cell: list[int], k: int) -> Fraction:
    return Fraction(cell.count(k), len(cell)) if cell else Fraction(0)


def scores_of(found: list[Rows], true: list[Rows], num_classes: int) -> dict[str, float]:
    """IoU of each class by its number, mean IoU, accuracy, recall and precision of ink."""
    pairs = [
        (f, t)
        for one, other in zip(found, true, strict=True)
        for row, other_row in zip(one, other, strict=True)
        for f, t in zip(row, other_row, strict=True)
        if t != IGNORED
    ]
    scores = {}
    for k in range(1 + num_classes):
        either = [pair for pair in pairs if k in pair]
        if either:
            scores[str(k)] = either.count((k, k)) / len(either)
    scores["mean"] = sum(scores.values()) / len(scores)
    scores["accuracy"] = sum(f == t for f, t in pairs) / len(pairs)
    both = sum(f > 0 and t > 0 for f, t in pairs)
    scores["recall"] = both / max(1, sum(t > 0 for _, t in pairs))
    scores["precision"] = both / max(1, sum(f > 0 for f, _ in pairs))
    return scores
