"""What a segmenter minimises: cross-entropy of every pixel, and Dice of every class.

Source: Milletari, Navab, Ahmadi, "V-Net: Fully Convolutional Neural Networks for Volumetric Medical
    Image Segmentation" (2016), for the loss made of Dice.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.data.boxes.examples import IGNORED
from course_utils.models.segmentation.segmenter import ClassMap

TERMS = ("cross_entropy", "dice")
SMALLEST = 1e-12  # what nothing is divided by, so that it gives 0


class PixelLoss(nn.Module):
    """The terms of the loss over all pixels of a batch that are not 255.

    ``cross_entropy`` is a mean over pixels, each with the weight of its true class. ``dice`` is 1
    minus the mean of soft Dice over the classes that the true maps show: each counts the same,
    however few its pixels. A batch without any pixel to learn from has losses of 0.

    Args:
        num_classes: K; background is none of them.
        terms: Which, of ``cross_entropy`` and ``dice``.
        class_weights: (1 + K,), from 0, background first; of the cross-entropy. None for 1 each.

    Raises:
        ValueError: If there is no such term, or the weights do not fit.
    """

    def __init__(
        self,
        num_classes: int,
        terms: Sequence[str] = ("cross_entropy",),
        class_weights: Tensor | None = None,
    ) -> None:
        super().__init__()
        if not terms or set(terms) - set(TERMS) or isinstance(terms, str):
            raise ValueError(f"terms must be some of {', '.join(map(repr, TERMS))}, got {terms!r}")
        if class_weights is not None:
            _check_weights(class_weights, 1 + num_classes)
        self.num_classes, self.terms = num_classes, tuple(terms)
        # Not part of the state: a segmenter that has learned needs no weights to answer.
        self.register_buffer("class_weights", class_weights, persistent=False)

    def forward(self, logits: Sequence[Tensor], maps: Sequence[ClassMap]) -> dict[str, Tensor]:
        """Each of the terms.

        Args:
            logits: B of (1 + K, H, W), float32, of any sizes.
            maps: B of (H, W).

        Raises:
            ValueError: If a map is of another size than its logits, or holds a number that is no
                class.
        """
        check_maps(logits, maps)
        of_pixels = torch.cat([each.flatten(1) for each in logits], dim=1)  # (1 + K, P)
        truth = torch.cat([each.flatten() for each in maps]).long()  # (P,)
        self._check_classes(truth)
        by_name = {"cross_entropy": self._cross_entropy, "dice": self._dice}
        return {name: by_name[name](of_pixels, truth) for name in self.terms}

    def _cross_entropy(self, logits: Tensor, truth: Tensor) -> Tensor:
        counts = truth != IGNORED
        weights = counts.to(logits.dtype)
        if self.class_weights is not None:
            weights = weights * self.class_weights[truth.where(counts, 0)]
        of_pixels = F.cross_entropy(
            logits[None], truth[None], ignore_index=IGNORED, reduction="none"
        )
        return (of_pixels[0] * weights).sum() / weights.sum().clamp(min=SMALLEST)

    def _dice(self, logits: Tensor, truth: Tensor) -> Tensor:
        counts = truth != IGNORED
        probs = logits.softmax(dim=0) * counts
        is_class = torch.zeros_like(probs).scatter_(0, truth.where(counts, 0)[None], 1.0) * counts
        in_both, in_truth = (probs * is_class).sum(dim=1), is_class.sum(dim=1)
        dice = 2 * in_both / (probs.sum(dim=1) + in_truth).clamp(min=SMALLEST)
        is_there = in_truth > 0
        return ((1 - dice) * is_there).sum() / is_there.sum().clamp(min=1)

    def _check_classes(self, truth: Tensor) -> None:
        wrong = ((truth < 0) | (truth > self.num_classes)) & (truth != IGNORED)
        if bool(wrong.any()):
            shown = ", ".join(map(str, truth[wrong].unique().tolist()[:5]))
            raise ValueError(
                f"maps must hold classes from 0 to {self.num_classes}, or {IGNORED} where nothing "
                f"is learned, got {shown}"
            )


def check_maps(images: Sequence[Tensor], maps: Sequence[ClassMap]) -> None:
    """Refuse maps that are not those of the pictures.

    Args:
        images: B pictures, or their logits, (..., H, W) each.
        maps: B of (H, W).

    Raises:
        ValueError: If there are not as many, or one is of another size than its picture.
    """
    if len(images) != len(maps):
        raise ValueError(f"there are {len(images)} pictures and {len(maps)} maps")
    for number, (image, true) in enumerate(zip(images, maps, strict=True)):
        if image.shape[-2:] != true.shape:
            raise ValueError(
                f"picture {number} is {tuple(image.shape[-2:])} (height, width) and its map "
                f"{tuple(true.shape)}; scale both alike, maps by the nearest pixel"
            )


def _check_weights(weights: Tensor, number: int) -> None:
    if weights.shape != (number,) or not bool((weights >= 0).all() and weights.isfinite().all()):
        raise ValueError(
            f"class_weights must be {number} finite numbers from 0, that of background first, got "
            f"{weights.tolist()}"
        )
