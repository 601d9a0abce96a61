"""What moved and what held in the models of lesson 03."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

OTHER = "other"  # a fault that no known wrong idea makes


def moved(state: Mapping[str, list], start: nn.Module, names: Iterable[str] | None = None) -> bool:
    """Whether one bit differs; of everything unless ``names`` says of what."""
    before = start.state_dict()
    names = before if names is None else names
    return any(not torch.equal(_like(state[name], before[name]), before[name]) for name in names)


def _like(values: Any, other: Tensor) -> Tensor:
    return torch.tensor(values, dtype=other.dtype)


def close(values: Any, truth: Any) -> bool:
    """Whether all numbers are the same, but for rounding."""
    values, truth = (torch.as_tensor(part, dtype=torch.float64) for part in (values, truth))
    return values.shape == truth.shape and torch.allclose(values, truth, rtol=1e-4, atol=1e-5)
