"""How long a training takes and whether it fits, said before it begins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import torch
from torch import nn

from course_utils.costs.hardware import RULE_OF_THUMB, Hardware, predict_run
from course_utils.costs.machine import Machine
from course_utils.costs.memory import OPTIMIZERS, MemoryBound, memory_bound
from course_utils.costs.networks import imagine
from course_utils.costs.seconds import SecondsModel, Workload, peak_seconds
from course_utils.files import size_text
from course_utils.models.operations import Operations, count_operations
from course_utils.session.memory import free_memory
from course_utils.session.parameters import check_choice, check_count


@dataclass(frozen=True)
class Forecast:
    """A training, foretold.

    Attributes:
        operations: For one picture.
        num_steps: Of all epochs.
        seconds: Of all steps; on a CPU those that one thread computes.
        memory: The least that it takes, on each device.
        room: Bytes that there are, on each device.
    """

    operations: Operations
    num_steps: int
    seconds: float
    memory: MemoryBound
    room: float

    @property
    def fits(self) -> bool:
        """Whether the least it takes fits; False is certain, True is no promise."""
        return self.memory.total <= self.room

    def __str__(self) -> str:
        verdict = "which may fit" if self.fits else "which does not fit"
        return (
            f"{self.num_steps:,} steps, {duration_text(self.seconds)}; "
            f"at least {size_text(self.memory.total)} of memory, {verdict} into "
            f"{size_text(self.room)}"
        )


def forecast(
    network: str | nn.Module,
    shape: Sequence[int],
    *,
    num_examples: int,
    num_epochs: int,
    batch_size: int,
    on: Machine | Hardware,
    seconds_model: SecondsModel | None = None,
    share_of_peak: float = RULE_OF_THUMB,
    count: int = 1,
    optimizer: str = "adamw",
) -> Forecast:
    """Foretell the training of all weights of a network.

    Args:
        network: A name that ``imagine`` knows, or a network on the CPU or the meta device.
        shape: (C, H, W) of a picture as the network sees it.
        num_examples: Pictures of an epoch.
        num_epochs: Times that all are learned from.
        batch_size: Pictures of a step, of all devices together.
        on: This machine, as it was measured, or a GPU of the table.
        seconds_model: Fitted on this machine. Without one, its operations at the rate of large
            products: too few seconds, the more so the smaller the network.
        share_of_peak: That a GPU of the table reaches; it then computes in 16 bits.
        count: GPUs of the table, which share each batch.
        optimizer: ``"sgd"``, ``"momentum"`` or ``"adamw"``.

    Raises:
        ValueError: If a number, a name or the optimizer does not fit; it says which.
    """
    for name, value in (("num_examples", num_examples), ("num_epochs", num_epochs),
                        ("batch_size", batch_size), ("count", count)):  # fmt: skip
        check_count(name, value)
    check_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    on_gpu = isinstance(on, Hardware)
    operations, one = _counted(network, tuple(shape), torch.bfloat16 if on_gpu else torch.float32)
    memory = replace(
        one,
        optimizer=OPTIMIZERS[optimizer] * one.gradients,
        kept=math.ceil(batch_size / count) * one.kept,
    )
    num_steps = num_epochs * math.ceil(num_examples / batch_size)
    if on_gpu:
        seconds = predict_run(operations, num_examples, num_epochs, on, count, share_of_peak)
        return Forecast(operations, num_steps, seconds, memory, on.memory)
    epochs = num_examples / batch_size * num_epochs  # a short last batch costs its share
    step = Workload(batch_size * operations.training, memory.total)
    each = seconds_model.predict(step) if seconds_model else peak_seconds(step, on)
    return Forecast(operations, num_steps, epochs * each, memory, room_of(on))


def _counted(
    network: str | nn.Module, shape: tuple[int, ...], precision: torch.dtype
) -> tuple[Operations, MemoryBound]:
    """Operations of a picture, and the memory of training on one picture, without optimizer."""
    if isinstance(network, str):
        return _operations_of(network, shape), _memory_of(network, shape, precision)
    return count_operations(network, shape), memory_bound(network, (1, *shape), "sgd", precision)


@cache  # half a second for a ResNet-50
def _operations_of(name: str, shape: tuple[int, ...]) -> Operations:
    return count_operations(imagine(name), shape)


@cache
def _memory_of(name: str, shape: tuple[int, ...], precision: torch.dtype) -> MemoryBound:
    return memory_bound(imagine(name), (1, *shape), "sgd", precision)


def room_of(machine: Machine) -> float:
    """Bytes that are free where it computes."""
    return torch.cuda.mem_get_info()[0] if machine.device == "cuda" else free_memory()


def duration_text(seconds: float) -> str:
    """Such as "3.2 minutes"."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} seconds" if seconds >= 2 else f"{seconds:.2g} seconds"
