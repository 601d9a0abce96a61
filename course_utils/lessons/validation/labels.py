"""Labels made wrong on purpose."""

import torch
from torch import Tensor


def flip_labels(labels: Tensor, share: float, num_classes: int, seed: int) -> Tensor:
    """A copy of ``labels`` (N,) in which a share, drawn at random, names another class.

    Args:
        labels: (N,), int64.
        share: Of the labels to make wrong, from 0 to 1.
        num_classes: K, at least 2; each of the other classes is as likely.
        seed: Same seed, same labels.

    Raises:
        ValueError: If the share is none, or there is no other class.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1, got {share}")
    if num_classes < 2:
        raise ValueError(f"num_classes must be at least 2, got {num_classes}")
    generator = torch.Generator().manual_seed(seed)
    num_flipped = round(share * len(labels))
    places = torch.randperm(len(labels), generator=generator)[:num_flipped]
    shift = torch.randint(1, num_classes, (num_flipped,), generator=generator)
    flipped = labels.clone()
    flipped[places] = (labels[places] + shift) % num_classes
    return flipped
