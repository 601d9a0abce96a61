"""Made-up maps of classes, and predictions as good as one likes, to score."""

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED


def random_maps(
    num_pictures: int,
    seed: int,
    *,
    num_classes: int = 4,
    wrong: float = 0.2,
    ignored: float = 0.1,
    sizes: tuple[tuple[int, int], ...] = ((12, 12),),
) -> tuple[list[Tensor], list[Tensor]]:
    """Predicted and true maps: one rectangle of a class on background, missed more or less.

    Args:
        num_pictures: N.
        seed: Of everything.
        num_classes: K.
        wrong: Mean share of the pixels that get a class by chance; it differs between pictures.
        ignored: Share of the pixels whose truth is 255.
        sizes: Height and width, taken in turn.
    """
    generator = np.random.default_rng(seed)
    found, truth = [], []
    for number in range(num_pictures):
        height, width = sizes[number % len(sizes)]
        true = np.zeros((height, width), dtype=np.int64)
        top, left = generator.integers(height // 2), generator.integers(width // 2)
        rows, columns = generator.integers(2, height // 2, endpoint=True, size=2)
        true[top : top + rows, left : left + columns] = 1 + generator.integers(num_classes)
        is_wrong = generator.random(true.shape) < 2 * wrong * generator.random()
        seen = np.where(is_wrong, generator.integers(1 + num_classes, size=true.shape), true)
        true[generator.random(true.shape) < ignored] = IGNORED
        found.append(torch.from_numpy(seen))
        truth.append(torch.from_numpy(true))
    return found, truth


def names(num_classes: int) -> tuple[str, ...]:
    """Those of ``num_classes`` classes, behind that of background."""
    return "background", *(f"class {label}" for label in range(num_classes))
