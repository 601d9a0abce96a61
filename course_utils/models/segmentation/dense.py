"""The workbook's own segmenter: a small backbone before its pooling, and a head for every pixel."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_utils.models.asking import ask_by_size, with_channels
from course_utils.models.feature_map import FeatureMap
from course_utils.models.mask_head import CoarseMaskHead, MaskHead
from course_utils.models.segmentation.answering import surest_class
from course_utils.models.segmentation.losses import PixelLoss
from course_utils.models.segmentation.segmenter import ClassMap


class DenseSegmenter(nn.Module):
    """A backbone's three levels, and a head that mixes them to a class for every pixel.

    Pictures of one size go through it together and others after one another, so that none needs a
    border; in train mode each size has batch statistics of its own.

    Args:
        backbone: Gives levels of features. Grey pictures become colour where it takes colour.
        num_classes: K; background is none of them.
        skip: Whether the finer levels help to say where things end; without them, edges are as
            coarse as the deepest level.
        terms: Of ``PixelLoss``.
        class_weights: Of ``PixelLoss``.

    Raises:
        ValueError: As of ``PixelLoss``, or ``num_classes`` is below 1.
    """

    def __init__(
        self,
        backbone: FeatureMap,
        num_classes: int,
        *,
        skip: bool = True,
        terms: Sequence[str] = ("cross_entropy",),
        class_weights: Tensor | None = None,
    ) -> None:
        super().__init__()
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1, got {num_classes}")
        self.backbone, self.num_classes = backbone, num_classes
        self.head = (MaskHead if skip else CoarseMaskHead)(backbone.num_features, num_classes)
        self.loss = PixelLoss(num_classes, terms, class_weights)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, 1 + K, H, W) of pictures (B, C, H, W)."""
        return self.head(self.backbone.levels(images))

    def losses(
        self, images: Tensor | Sequence[Tensor], maps: Tensor | Sequence[ClassMap]
    ) -> dict[str, Tensor]:
        """The terms of ``PixelLoss``, one number each.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1.
            maps: B of (H, W), whole numbers: 0 for background, 1 + label for a class, 255 where
                nothing is learned.
        """
        return self.loss(self.logits(images), maps)

    def losses_of(
        self, levels: tuple[Tensor, Tensor, Tensor], maps: Tensor | Sequence[ClassMap]
    ) -> dict[str, Tensor]:
        """The same from the backbone's levels of pictures of one size, computed before."""
        return self.loss(self.head(levels), maps)

    def logits(self, images: Tensor | Sequence[Tensor]) -> list[Tensor]:
        """Logits (1 + K, H, W) of B pictures, as of ``segment``, each of its picture's size."""
        return ask_by_size(self._shown(images), self)

    @torch.no_grad()
    def segment(self, images: Tensor | Sequence[Tensor]) -> list[ClassMap]:
        """The surest class of every pixel: B maps (H, W), uint8, each of its picture's size.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1.
        """
        return ask_by_size(
            self._shown(images), lambda batch: surest_class(self(batch), batch.shape[-2:])
        )

    def _shown(self, images: Tensor | Sequence[Tensor]) -> list[Tensor]:
        return [with_channels(image, self.backbone.in_channels) for image in images]
