"""How much memory a step of training takes, measured on two pictures before any is trained on."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

GRADIENTS = 1.5  # times what is kept for the way back: on that way as much again, layer by layer


def bytes_to_train(model: nn.Module, batch_shape: Sequence[int]) -> float:
    """Memory that a step with ``model`` takes beside its weights, all of them learning.

    Args:
        model: On a CPU; it is left as it is.
        batch_shape: (B, C, H, W) of what it is trained on.
    """
    trial = copy.deepcopy(model).train().requires_grad_(True)
    weights = {weight.untyped_storage().data_ptr() for weight in trial.parameters()}
    kept = {}  # bytes by place; several layers may keep one tensor

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with (
        torch.random.fork_rng(devices=[]),  # dropout draws random numbers
        torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor),
    ):
        _answers = trial(torch.zeros(2, *batch_shape[1:]))  # holds what is kept until it is counted
    return GRADIENTS * sum(kept.values()) / 2 * batch_shape[0]
