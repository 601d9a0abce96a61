"""What a module holds, before and after, and what its optimizer does."""

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


def state_of(module: nn.Module) -> dict[str, Tensor]:
    """A copy of all parameters and buffers, by name."""
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same_state(module: nn.Module, state: dict[str, Tensor]) -> None:
    """Every parameter and buffer is bit for bit that of ``state``."""
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())


def optimizer_bytes(optimizer: Optimizer) -> int:
    """Bytes that ``optimizer`` keeps beside the weights; 0 before its first step."""
    kept = (value for state in optimizer.state.values() for value in state.values())
    return sum(value.nbytes for value in kept if isinstance(value, Tensor))
