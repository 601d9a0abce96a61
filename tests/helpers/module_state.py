"""What a module holds, before and after."""

import torch
from torch import nn


def state_of(module: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of all parameters and buffers, by name."""
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same_state(module: nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Every parameter and buffer is bit for bit that of ``state``."""
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())
