"""How much memory a step of training takes, counted on two pictures before any is trained on."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

COUNTED = 2  # pictures; of a single one batch norm may have only one number to take a mean of
GRADIENTS = 1.5  # times what is kept for the way back: on that way as much again, layer by layer


def bytes_kept(
    model: nn.Module, batch_shape: Sequence[int], precision: torch.dtype = torch.float32
) -> float:
    """What a pass forwards keeps for the way back, beside the weights, all of them learning.

    Args:
        model: On the CPU, where two pictures pass through it, or on torch's meta device, which has
            shapes and no numbers; it is left as it is.
        batch_shape: (B, C, H, W) of what it is trained on.
        precision: Of the layers; in 16 bits most of it takes half the room, and all counts so.
    """
    if len(batch_shape) < 2 or min(batch_shape) < 1:
        raise ValueError(f"batch_shape must be numbers from 1, got {tuple(batch_shape)}")
    trial = copy.deepcopy(model).train().requires_grad_(True)
    if any(isinstance(part, nn.MultiheadAttention) for part in trial.modules()):
        trial = _on_cpu(trial)
    device = next((weight.device for weight in trial.parameters()), None)
    kept = Kept(trial, precision)
    with (
        torch.random.fork_rng(devices=[]),  # dropout draws random numbers
        torch.autograd.graph.saved_tensors_hooks(kept.note, lambda tensor: tensor),
    ):
        trial(torch.zeros(COUNTED, *batch_shape[1:], device=device))
    return kept.num_bytes / COUNTED * batch_shape[0]


class Kept:
    """Tensors that are kept for the way back, each piece of memory counted once.

    Args:
        model: Its weights are there anyway, and do not count.
        precision: Of the layers; numbers of 32 bits count as if they were in it.
    """

    def __init__(self, model: nn.Module, precision: torch.dtype = torch.float32) -> None:
        self._weights = {weight.untyped_storage() for weight in model.parameters()}
        self._share = precision.itemsize / torch.float32.itemsize
        # Bytes by storage, which is held so that no other tensor takes its place uncounted.
        self._bytes: dict[torch.UntypedStorage, float] = {}

    def note(self, tensor: Tensor) -> Tensor:
        """Count ``tensor``, and return it."""
        storage = tensor.untyped_storage()
        if storage not in self._weights:
            share = self._share if tensor.dtype == torch.float32 else 1
            self._bytes[storage] = share * storage.nbytes()
        return tensor

    @property
    def num_bytes(self) -> float:
        """All that was noted."""
        return sum(self._bytes.values())


def _on_cpu(trial: nn.Module) -> nn.Module:
    """``trial`` with some memory for weights, if it has none.

    The meta device computes attention step by step and would keep what other devices, which do it
    in one piece, do not.
    """
    is_meta = any(weight.is_meta for weight in trial.parameters())
    return trial.to_empty(device="cpu") if is_meta else trial


def bytes_to_train(model: nn.Module, batch_shape: Sequence[int]) -> float:
    """Memory that a step with ``model`` takes beside its weights; arguments as ``bytes_kept``."""
    return GRADIENTS * bytes_kept(model, batch_shape)
