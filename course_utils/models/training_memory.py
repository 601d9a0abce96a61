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
    weights = {weight.untyped_storage() for weight in trial.parameters()}
    device = next((weight.device for weight in trial.parameters()), None)
    kept = {}  # bytes by storage; several layers may keep one tensor

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage not in weights:
            share = precision.itemsize / 4 if tensor.dtype == torch.float32 else 1
            kept[storage] = share * storage.nbytes()
        return tensor

    with (
        torch.random.fork_rng(devices=[]),  # dropout draws random numbers
        torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor),
    ):
        _answers = trial(torch.zeros(COUNTED, *batch_shape[1:], device=device))  # holds the kept
    return sum(kept.values()) / COUNTED * batch_shape[0]


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
