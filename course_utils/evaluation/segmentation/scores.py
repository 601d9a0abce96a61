"""Scores of segmentation, each from one confusion matrix over the whole data set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.data.plain_text import counted

HITS, TRUE, FOUND = range(3)  # places in what ``counts_of`` gives


@dataclass(frozen=True)
class SegmentationScores:
    """How good maps of classes are, each score from 0 to 1.

    Args:
        mean_iou: Mean of ``class_iou`` over the classes that are there: what neither the truth nor
            the prediction shows is left out.
        pixel_accuracy: Share of the pixels with the right class; high where most are background.
        class_iou: (1 + K,), pixels in both truth and prediction by those in one of them; nan where
            there are none.
        class_dice: (1 + K,), twice the pixels in both by the sum of each side's.
        class_names: (1 + K,), background first.
        num_pictures: Pictures scored on.
        num_pixels: Their pixels that count.
    """

    mean_iou: float
    pixel_accuracy: float
    class_iou: tuple[float, ...]
    class_dice: tuple[float, ...]
    class_names: tuple[str, ...]
    num_pictures: int
    num_pixels: int

    def __str__(self) -> str:
        there, all_of_them = int(np.isfinite(self.class_iou).sum()), len(self.class_iou)
        classes = f"{there} of {all_of_them}" if there < all_of_them else str(there)
        return (
            f"mean IoU {self.mean_iou:.3f} over {classes} classes, pixel accuracy "
            f"{self.pixel_accuracy:.3f} on {counted(self.num_pictures, 'picture')} with "
            f"{self.num_pixels:,} pixels"
        )


def score_maps(matrices: np.ndarray, class_names: Sequence[str]) -> SegmentationScores:
    """Score what ``confusion_matrices`` counted, from the sum over the pictures.

    A mean over pictures would be another number: there a class that a picture does not show has no
    score, and a picture with ten pixels of it says as much as one with ten thousand.

    Args:
        matrices: (N, 1 + K, 1 + K), whole numbers from 0.
        class_names: (1 + K,), background first.

    Raises:
        ValueError: As of ``check_matrices``.
    """
    check_matrices(matrices, class_names)
    counts = counts_of(matrices).sum(axis=0)
    iou = iou_of(counts)
    return SegmentationScores(
        float(mean_over_classes(iou)),
        float(pixel_accuracy_of(counts)),
        tuple(iou.tolist()),
        tuple(_dice_of(counts).tolist()),
        tuple(class_names),
        len(matrices),
        int(counts[TRUE].sum()),
    )


def check_matrices(matrices: np.ndarray, class_names: Sequence[str]) -> None:
    """Refuse what cannot be scored.

    Raises:
        ValueError: If these are no confusion matrices, one for each picture, or no pixel counts, or
            there are not as many names as classes.
    """
    shape = matrices.shape
    if matrices.ndim != 3 or shape[1] != shape[2] or matrices.dtype.kind not in "iu":
        raise ValueError(
            "confusion matrices must be (N, 1 + K, 1 + K) of whole numbers, as confusion_matrices "
            f"makes them, got {matrices.dtype} of shape {shape}"
        )
    if len(class_names) != shape[1]:
        raise ValueError(
            f"{shape[1]} classes need as many names, that of background first, got "
            f"{len(class_names)}"
        )
    if not matrices.any():
        raise ValueError(
            f"none of the pixels of {counted(len(matrices), 'picture')} counts, so there is "
            "nothing to score against; take pictures with pixels that are not 255"
        )


def counts_of(matrices: np.ndarray) -> np.ndarray:
    """All that the scores need of matrices (..., C, C), pixels by class: (..., 3, C).

    They are those that are right, those that are of the class, and those taken for it.
    """
    hits = np.diagonal(matrices, axis1=-2, axis2=-1)
    return np.stack([hits, matrices.sum(axis=-1), matrices.sum(axis=-2)], axis=-2)


def iou_of(counts: np.ndarray) -> np.ndarray:
    """Intersection over union of each class, (..., C), from (..., 3, C); nan where it is 0 / 0."""
    hits, true, found = np.moveaxis(counts, -2, 0)
    with np.errstate(invalid="ignore"):
        return hits / (true + found - hits)


def pixel_accuracy_of(counts: np.ndarray) -> np.ndarray:
    """Share of the pixels that are right, (...), from (..., 3, C); nan where there are none."""
    with np.errstate(invalid="ignore"):
        return counts[..., HITS, :].sum(axis=-1) / counts[..., TRUE, :].sum(axis=-1)


def mean_over_classes(scores: np.ndarray) -> np.ndarray:
    """Mean (...) over the classes of (..., C) that are not nan; nan where all are."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(scores).sum(axis=-1) / np.isfinite(scores).sum(axis=-1)


def _dice_of(counts: np.ndarray) -> np.ndarray:
    hits, true, found = np.moveaxis(counts, -2, 0)
    with np.errstate(invalid="ignore"):
        return 2 * hits / (true + found)
