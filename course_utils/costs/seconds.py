"""The seconds of a step, predicted from what is counted: products to compute, bytes to move."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from course_utils.costs.machine import Machine
from course_utils.costs.memory import memory_bound
from course_utils.models.operations import count_operations

TERMS = 3  # computing, traffic, a constant


@dataclass(frozen=True)
class Workload:
    """What one step of training has to do, the same on every machine.

    Attributes:
        operations: Additions and multiplications, forwards and back.
        held: Bytes that it holds: weights, gradients, the optimizer's numbers, and what the pass
            forwards keeps for the way back. Each is written and read some times.
    """

    operations: float
    held: float


@dataclass(frozen=True)
class SecondsModel:
    """Seconds of a step as a sum of three; each factor is 0 or more.

    Attributes:
        compute: Times the seconds of the operations at the rate of large products.
        traffic: Times the seconds of copying once the bytes that a step holds.
        constant: Seconds of a step, whatever it computes.
        machine: Whose rates these are.
    """

    compute: float
    traffic: float
    constant: float
    machine: Machine

    def predict(self, workload: Workload) -> float:
        """Seconds of one step."""
        return float(_terms(workload, self.machine) @ (self.compute, self.traffic, self.constant))

    def __str__(self) -> str:
        return (
            f"seconds of a step = {self.compute:.2f} x operations at the rate of large products + "
            f"{self.traffic:.1f} x bytes held at the rate of copying + {self.constant:.4f}"
        )


def workload_of(model: nn.Module, batch_shape: Sequence[int], optimizer: str = "adamw") -> Workload:
    """What a step on a batch (B, C, H, W) has to do, all weights of ``model`` learning."""
    per_picture = count_operations(model, batch_shape[1:]).training
    held = memory_bound(model, batch_shape, optimizer).total
    return Workload(batch_shape[0] * per_picture, held)


def fit_seconds(
    workloads: Sequence[Workload], seconds: Sequence[float], machine: Machine
) -> SecondsModel:
    """The factors with the least squares of relative errors, none of them below 0.

    Relative, because a step of 3 ms and one of 300 ms are to be predicted equally well; not below
    0, because no work takes time away.

    Args:
        workloads: At least 3 kinds of steps.
        seconds: That each was measured to take, above 0.
        machine: That they were measured on.

    Raises:
        ValueError: If there are too few, or not as many of both, or a number is not above 0.

    Source: Lawson, Hanson, "Solving Least Squares Problems" (1974), chapter 23, through scipy.
    """
    from scipy.optimize import nnls  # here: it takes a while to import

    _check(workloads, seconds)
    terms = np.array([_terms(workload, machine) for workload in workloads])
    factors, _ = nnls(terms / np.asarray(seconds)[:, None], np.ones(len(seconds)))
    return SecondsModel(*map(float, factors), machine)


def leave_one_out(
    workloads: Sequence[Workload], seconds: Sequence[float], machine: Machine
) -> list[float]:
    """Seconds of each step, predicted by a model that was fitted to all others."""
    _check(workloads, seconds)
    pairs = list(zip(workloads, seconds, strict=True))
    return [
        fit_seconds(*zip(*pairs[:out], *pairs[out + 1 :], strict=True), machine).predict(workload)
        for out, (workload, _) in enumerate(pairs)
    ]


def peak_seconds(workload: Workload, machine: Machine) -> float:
    """The rival: seconds of the operations alone, at the rate of large products."""
    return workload.operations / machine.float32_rate


def _terms(workload: Workload, machine: Machine) -> np.ndarray:
    """Seconds of computing and of traffic at full rate, and one for the constant: (3,)."""
    return np.array(
        [peak_seconds(workload, machine), workload.held / machine.copy_rate, 1.0], dtype=float
    )


def _check(workloads: Sequence[Workload], seconds: Sequence[float]) -> None:
    if len(workloads) != len(seconds) or len(seconds) < TERMS:
        raise ValueError(
            f"a fit of {TERMS} factors needs {TERMS} steps or more, each with its seconds, got "
            f"{len(workloads)} steps and {len(seconds)} times"
        )
    for duration in seconds:
        if not duration > 0:
            raise ValueError(f"seconds of a step must be above 0, got {duration}")
