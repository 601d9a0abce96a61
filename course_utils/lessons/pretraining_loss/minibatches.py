"""Gradients of minibatches as places beside the full gradient, which have many more numbers."""

from collections.abc import Mapping

import torch
from torch import Tensor


def along_and_beside(gradients: Tensor, full: Tensor) -> Tensor:
    """How far each gradient reaches along the full one, and how far it lies beside it.

    Args:
        gradients: (R, ...).
        full: (...).

    Returns:
        (R, 2), on the CPU.
    """
    gradients, full = gradients.flatten(1), full.flatten()
    direction = full / full.norm()
    along = gradients @ direction  # (R,)
    beside = gradients - along[:, None] * direction
    return torch.stack([along, beside.norm(dim=1)], dim=1).cpu()


def place_minibatches(
    estimates: Mapping[int, Tensor], full: Tensor
) -> tuple[dict[int, Tensor], dict[int, Tensor]]:
    """Places of the gradients of minibatches, and of the mean of the first r of them, r = 1 to R.

    Args:
        estimates: By examples per minibatch, the gradient of each of R minibatches, (R, ...).
        full: The gradient of all examples, (...).

    Returns:
        Two tables by examples per minibatch, each as ``along_and_beside`` has it, (R, 2).
    """
    clouds, means = {}, {}
    for size, gradients in estimates.items():
        clouds[size] = along_and_beside(gradients, full)
        counts = torch.arange(1, len(gradients) + 1, device=gradients.device)
        running = gradients.flatten(1).cumsum(dim=0) / counts[:, None]
        means[size] = along_and_beside(running, full)
    return clouds, means
