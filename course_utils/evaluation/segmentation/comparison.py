"""Which of two segmenters is better, on the same pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from course_utils.evaluation.draws import DRAWS, draw_units
from course_utils.evaluation.score_comparison import ScoreComparison, compare_scores
from course_utils.evaluation.scores import check_confidence
from course_utils.evaluation.segmentation.over_pictures import scores_of
from course_utils.evaluation.segmentation.scores import check_matrices, counts_of


@dataclass(frozen=True)
class SegmenterComparison:
    """Two segmenters, A and B, by both scores."""

    mean_iou: ScoreComparison
    pixel_accuracy: ScoreComparison

    def __str__(self) -> str:
        return f"{self.mean_iou}\n{self.pixel_accuracy}"


def compare_segmenters(
    matrices_a: np.ndarray,
    matrices_b: np.ndarray,
    class_names: Sequence[str],
    *,
    groups: Tensor | None = None,
    seed: int = 0,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> SegmenterComparison:
    """Compare two segmenters on the same pictures, which are drawn anew for both alike.

    It tells whether these two would differ on other pictures, not whether training with other seeds
    would: for that see ``compare_over_seeds``.

    Args:
        matrices_a: (N, 1 + K, 1 + K), as ``confusion_matrices`` makes them.
        matrices_b: The same for B.
        class_names: (1 + K,), background first.
        groups: (N,), int64; pictures with the same number belong together, and whole groups are
            drawn. None where nobody looked.
        seed: Of the draws.
        draws: How often as many pictures as there are get drawn, with repetition.
        confidence: Of the intervals; a verdict is "different" when p < 1 - confidence.

    Raises:
        ValueError: As of ``check_matrices`` and ``draw_units``, the two are not of the same
            pictures, or the confidence is no share.
    """
    check_confidence(confidence)
    for matrices in (matrices_a, matrices_b):
        check_matrices(matrices, class_names)
    _check_same_truth(matrices_a, matrices_b)
    drawn = draw_units(len(matrices_a), groups, seed, draws)
    a, b = (scores_of(counts_of(each), drawn)[1] for each in (matrices_a, matrices_b))
    return SegmenterComparison(
        *(
            compare_scores(name, a[row], b[row], drawn, confidence)
            for row, name in enumerate(("mean IoU", "pixel accuracy"))
        )
    )


def _check_same_truth(matrices_a: np.ndarray, matrices_b: np.ndarray) -> None:
    """Rows add up to the true pixels of each class, which no prediction changes."""
    if len(matrices_a) != len(matrices_b):
        raise ValueError(
            f"both segmenters need the same pictures, got {len(matrices_a)} and {len(matrices_b)}"
        )
    differs = (matrices_a.sum(axis=2) != matrices_b.sum(axis=2)).any(axis=1)
    if differs.any():
        raise ValueError(
            f"picture {int(differs.argmax())} has other true pixels for A than for B; give both "
            "the same pictures in the same order"
        )
