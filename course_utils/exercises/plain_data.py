"""What answers return and leave behind, as plain numbers and lists that JSON can hold."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def as_numbers(result: Any) -> Tensor:
    """A tensor, an array, or lists of either or of numbers, as a tensor of 64-bit floats.

    Raises:
        TypeError: If the numbers are complex.
        ValueError: If ``result`` is nothing of the kind.
    """
    if isinstance(result, list | tuple):
        parts = [as_numbers(part) for part in result]
        return torch.stack(parts) if parts else torch.empty(0, dtype=torch.float64)
    if isinstance(result, np.ndarray):
        result = np.array(result, order="C")  # torch takes none that runs backwards, as [::-1] does
    numbers = torch.as_tensor(result).detach()
    if numbers.is_complex():
        raise TypeError("complex numbers")
    return numbers.double()


def places_in(images: Tensor, batch: Tensor) -> list[int]:
    """The place of each picture of ``batch`` in ``images``, -1 for one that is not there."""
    if batch.shape[1:] != images.shape[1:]:
        return [-1] * len(batch)
    same = (batch.detach().flatten(1)[:, None] == images.flatten(1)).all(dim=2)  # (B, N)
    return torch.where(same.any(dim=1), same.int().argmax(dim=1), -1).tolist()


def state_of(module: nn.Module) -> dict[str, list | float]:
    """Every parameter and buffer as plain numbers."""
    return {name: tensor.double().tolist() for name, tensor in module.state_dict().items()}
