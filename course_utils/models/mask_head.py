"""Heads that say for every pixel what it belongs to."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.residual import convolution

BACKGROUND = 3.0  # its first logit: most pixels are background


class MaskHead(nn.Module):
    """Three levels of features to logits (B, 1 + K, H, W); class 0 is background.

    The coarse level knows what is there, the finer ones where it ends: each is enlarged and mixed
    with the next (skip connections).

    Args:
        num_features: D of the deepest level; the finer ones have a half and a quarter.
        num_classes: K.

    Source: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image
        Segmentation" (2015).
    """

    def __init__(self, num_features: int, num_classes: int) -> None:
        super().__init__()
        half, quarter = num_features // 2, num_features // 4
        self.deep = convolution(num_features, num_features)
        self.middle = convolution(num_features + half, half)
        self.fine = convolution(half + quarter, quarter)
        self.classes = _classes_of(quarter, num_classes)

    def forward(self, levels: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Logits of every pixel."""
        fine, middle, deep = levels
        mixed = self.deep(deep)
        mixed = self.middle(torch.cat([_enlarged(mixed, middle), middle], dim=1))
        return self.classes(self.fine(torch.cat([_enlarged(mixed, fine), fine], dim=1)))


class CoarseMaskHead(nn.Module):
    """The deepest level alone to logits (B, 1 + K, H, W): no skip connections.

    It knows what is there, and where only to the size of a cell; logits are enlarged smoothly.

    Args:
        num_features: D of the deepest level.
        num_classes: K.
    """

    def __init__(self, num_features: int, num_classes: int) -> None:
        super().__init__()
        self.deep = convolution(num_features, num_features)
        self.classes = _classes_of(num_features, num_classes)

    def forward(self, levels: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Logits of every pixel."""
        fine, _, deep = levels
        logits = self.classes(self.deep(deep))
        return F.interpolate(logits, fine.shape[-2:], mode="bilinear")


def _classes_of(num_features: int, num_classes: int) -> nn.Conv2d:
    """Features to logits, of which the first is the highest at first."""
    classes = nn.Conv2d(num_features, 1 + num_classes, 1)
    with torch.no_grad():
        classes.bias.zero_()[0] = BACKGROUND
    return classes


def _enlarged(features: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(features, like.shape[-2:], mode="nearest")
