"""The memory that training takes at the least, counted before it begins."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from course_utils.files import size_text
from course_utils.models.training_memory import bytes_kept
from course_utils.session.parameters import check_choice

OPTIMIZERS = {"sgd": 0, "momentum": 1, "adamw": 2}  # numbers that each keeps for a weight


@dataclass(frozen=True)
class MemoryBound:
    """Bytes that are all there at once: at the end of the pass forwards of the second step.

    A lower bound. What libraries need for themselves, and pieces of memory that lie idle between
    others, come on top; the process of this workbook took up to twice as much.

    Attributes:
        weights: And the running means of batch norm.
        gradients: One for each weight that learns.
        optimizer: What it keeps for each of them.
        kept: Of the pass forwards, for the way back.
    """

    weights: float
    gradients: float
    optimizer: float
    kept: float

    @property
    def total(self) -> float:
        """All of it in bytes."""
        return self.weights + self.gradients + self.optimizer + self.kept

    def __str__(self) -> str:
        return (
            f"at least {size_text(self.total)} of memory: weights {size_text(self.weights)}, "
            f"gradients {size_text(self.gradients)}, optimizer {size_text(self.optimizer)}, "
            f"kept for the way back {size_text(self.kept)}"
        )


def memory_bound(
    model: nn.Module,
    batch_shape: Sequence[int],
    optimizer: str = "adamw",
    precision: torch.dtype = torch.float32,
) -> MemoryBound:
    """The least that training all weights of ``model`` takes.

    Args:
        model: On the CPU or on torch's meta device; it is left as it is.
        batch_shape: (B, C, H, W) of a batch.
        optimizer: One of ``OPTIMIZERS``.
        precision: Of the layers. Weights, gradients and the optimizer's numbers stay float32.

    Raises:
        ValueError: If ``optimizer`` is none of them, or ``batch_shape`` no numbers from 1.
    """
    check_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    learning = sum(weight.nbytes for weight in model.parameters())
    fixed = sum(buffer.nbytes for buffer in model.buffers())
    return MemoryBound(
        weights=learning + fixed,
        gradients=learning,
        optimizer=OPTIMIZERS[optimizer] * learning,
        kept=bytes_kept(model, batch_shape, precision),
    )
