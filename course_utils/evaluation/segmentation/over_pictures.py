"""How far scores of segmentation can be trusted: pictures, with all their pixels, drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.evaluation.draws import DRAWS, Draws, draw_units, ends_of_shares, ends_text
from course_utils.evaluation.scores import check_confidence
from course_utils.evaluation.segmentation.scores import (
    FOUND,
    TRUE,
    check_matrices,
    counts_of,
    iou_of,
    mean_over_classes,
    pixel_accuracy_of,
)


@dataclass(frozen=True)
class ScoresOverPictures:
    """Scores of a segmenter, with intervals.

    Args:
        mean_iou: Over the classes that are there.
        mean_iou_ends: Of its interval.
        pixel_accuracy: Share of the pixels with the right class.
        pixel_accuracy_ends: Of its interval.
        class_iou: (1 + K,), nan where neither truth nor prediction shows a class.
        class_iou_ends: (1 + K,) of two numbers, nan where fewer than two units show a class.
        class_names: (1 + K,), background first.
        class_units: (1 + K,), units whose truth or prediction shows a class.
        num_units: Pictures or groups.
        unit: ``picture`` or ``group``.
    """

    mean_iou: float
    mean_iou_ends: tuple[float, float]
    pixel_accuracy: float
    pixel_accuracy_ends: tuple[float, float]
    class_iou: tuple[float, ...]
    class_iou_ends: tuple[tuple[float, float], ...]
    class_names: tuple[str, ...]
    class_units: tuple[int, ...]
    num_units: int
    unit: str

    def __str__(self) -> str:
        return (
            f"mean IoU {self.mean_iou:.3f} {ends_text(self.mean_iou_ends)}, pixel accuracy "
            f"{self.pixel_accuracy:.3f} {ends_text(self.pixel_accuracy_ends)} over "
            f"{counted(self.num_units, self.unit)}"
        )

    def of_classes(self) -> list[str]:
        """A line for each class, such as ``person: IoU 0.503 [0.412, 0.594], in 18 pictures``."""
        each = zip(
            self.class_names, self.class_iou, self.class_iou_ends, self.class_units, strict=True
        )
        return [
            f"{name}: IoU {iou:.3f} {ends_text(ends)}, in {counted(number, self.unit)}"
            if number
            else f"{name}: neither there nor predicted"
            for name, iou, ends, number in each
        ]


def interval_over_pictures(
    matrices: np.ndarray,
    class_names: Sequence[str],
    *,
    groups: Tensor | None = None,
    seed: int = 0,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> ScoresOverPictures:
    """Scores with intervals that cover the chance in which pictures were drawn.

    The picture is the unit, not the pixel: pixels of one picture are right or wrong together. Where
    pictures belong together, their group is the unit. The intervals do not cover the chance in
    training. Of a class, only the units that show it tell something: its interval counts these.
    What is the same on all pictures alike gets an interval without width.

    Args:
        matrices: (N, 1 + K, 1 + K), as ``confusion_matrices`` makes them.
        class_names: (1 + K,), background first.
        groups: (N,), int64; pictures with the same number belong together. None where nobody
            looked.
        seed: Of the draws.
        draws: How often as many pictures as there are get drawn, with repetition.
        confidence: Of the intervals, strictly between 0 and 1.

    Raises:
        ValueError: As of ``check_matrices`` and ``draw_units``, or the confidence is no share.
    """
    check_confidence(confidence)
    check_matrices(matrices, class_names)
    drawn = draw_units(len(matrices), groups, seed, draws)
    counts = counts_of(matrices)
    iou, both = scores_of(counts, drawn)
    class_units = _units_with(counts, drawn)
    (mean_iou, accuracy), ends = both[:, 0].tolist(), _ends(both, drawn.num_units, confidence)
    return ScoresOverPictures(
        mean_iou,
        ends[0],
        accuracy,
        ends[1],
        tuple(iou[:, 0].tolist()),
        _ends(iou, class_units, confidence),
        tuple(class_names),
        tuple(class_units.tolist()),
        drawn.num_units,
        drawn.unit,
    )


def scores_of(counts: np.ndarray, drawn: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Scores on the pictures as they are, then on each draw.

    Args:
        counts: (N, 3, C), of ``counts_of``.
        drawn: From the N pictures.

    Returns:
        IoU of the classes (C, 1 + draws), and mean IoU and pixel accuracy (2, 1 + draws); nan for a
        draw without any pixel.
    """
    number, *shape = counts.shape
    # Floats, because only these are multiplied fast; they hold whole numbers up to 2 ** 53.
    sums = drawn.weights.astype(float) @ counts.reshape(number, -1).astype(float)
    sums = sums.reshape(-1, *shape)
    iou = iou_of(sums)
    return iou.T, np.stack([mean_over_classes(iou), pixel_accuracy_of(sums)])


def _units_with(counts: np.ndarray, drawn: Draws) -> np.ndarray:
    """Units in which a class is there or predicted: (C,)."""
    shows = (counts[:, TRUE] > 0) | (counts[:, FOUND] > 0)  # (N, C)
    in_units = np.zeros((drawn.num_units, shows.shape[1]), dtype=bool)
    np.logical_or.at(in_units, drawn.unit_of, shows)
    return in_units.sum(axis=0)


def _ends(
    scores: np.ndarray, num_units: int | np.ndarray, confidence: float
) -> tuple[tuple[float, float], ...]:
    return tuple(map(tuple, ends_of_shares(scores, num_units, confidence).tolist()))
