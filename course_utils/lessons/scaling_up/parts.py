"""The gradient of a batch: at once, in parts, and how far two of them are apart."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def gradient(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    sizes: Sequence[int],
    weights: Sequence[float],
) -> Tensor:
    """The gradient of a batch that is computed part by part, all weights in one row.

    Args:
        model: In the mode in which it is to be asked; its own gradients are replaced.
        images: (B, C, H, W), in the model's precision.
        labels: (B,).
        sizes: Pictures in each part; their sum is B.
        weights: What the mean loss of each part is multiplied by.
    """
    model.zero_grad()
    parts = zip(images.split(sizes), labels.split(sizes), weights, strict=True)
    for part, answers, weight in parts:
        loss = F.cross_entropy(model(part), answers)  # mean over the part
        (weight * loss).backward()  # adds to what is there
    return torch.cat([w.grad.flatten() for w in model.parameters()])


def relative_difference(one: Tensor, other: Tensor) -> float:
    """The length of ``one - other``, as a share of the length of ``other``."""
    return ((one - other).norm() / other.norm()).item()
