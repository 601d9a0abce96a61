"""Seconds of a step on several processes: fitted to some sizes of network, predicted for others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from course_utils.lessons.scaling_up.clocks import KINDS, network
from course_utils.models.operations import multiply_adds

PASSES = 3  # a step computes forwards, and back about twice as much
OPERATIONS = 2  # of a multiply-add
BYTES = 4  # of a gradient in 32 bits


@dataclass(frozen=True)
class Load:
    """What one process has to do in a step: operations, and bytes of gradients to all-reduce."""

    operations: float
    num_bytes: float

    def shared(self, num_processes: int) -> "Load":
        """What each process has to do where so many share the batch of this one."""
        return Load(self.operations / num_processes, self.num_bytes)


@dataclass(frozen=True)
class Speeds:
    """How fast processes compute and all-reduce.

    Attributes:
        rate: Operations per second of a process.
        bandwidth: Bytes per second that leave a process in an all-reduce.
        per_step: Seconds of a step whatever its size.
        per_reduction: Seconds of an all-reduce whatever its size.
    """

    rate: float
    bandwidth: float
    per_step: float
    per_reduction: float

    def step(self, load: Load) -> float:
        """Seconds of a step with nobody to share."""
        return load.operations / self.rate + self.per_step

    def reduction(self, load: Load, num_processes: int) -> float:
        """Seconds of an all-reduce; a process alone has none."""
        if num_processes == 1:
            return 0.0
        return ring_bytes(load.num_bytes, num_processes) / self.bandwidth + self.per_reduction

    def both(self, load: Load, num_processes: int) -> float:
        """Seconds of a step of DistributedDataParallel, if nothing is done at the same time.

        For more processes than were timed it takes for granted that each has as many cores of its
        own, that all links are as fast, and that the all-reduce goes around a ring.
        """
        return self.step(load) + self.reduction(load, num_processes)


def ring_bytes(num_bytes: float, num_processes: int) -> float:
    """Bytes that leave each process when ``num_bytes`` are all-reduced around a ring.

    Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
        workstations" (2009).
    """
    return 2 * (num_processes - 1) / num_processes * num_bytes


def loads_of(widths: Sequence[int], images: Tensor, num_classes: int) -> list[Load]:
    """What a process has to do in a step of each of these networks.

    Args:
        widths: Of the networks.
        images: (B, C, H, W) of one process.
        num_classes: K.
    """
    networks = [network(width, images.shape[1], num_classes) for width in widths]
    return [
        Load(
            PASSES * OPERATIONS * multiply_adds(each, images) * len(images),
            BYTES * sum(weight.numel() for weight in each.parameters()),
        )
        for each in networks
    ]


def median_seconds(found: Sequence[Mapping[str, Tensor]], clock: str = "cpu") -> np.ndarray:
    """Seconds (W, 3) of each network and each of ``KINDS``: the median of the rounds.

    Args:
        found: What ``clocks.seconds`` returned on each rank. Of a round the slowest rank counts,
            for the others wait for it.
        clock: ``"cpu"`` for the seconds that a process itself computed, which depend little on what
            else the machine does; ``"wall"`` with those for which it waited.
    """
    slowest = np.max([each[clock].numpy() for each in found], axis=0)  # (rounds, W, 3)
    return np.median(slowest, axis=0)


def fit_speeds(loads: Sequence[Load], seconds: np.ndarray, num_processes: int = 2) -> Speeds:
    """The speeds with the least relative squares, none of them negative.

    Args:
        loads: Of W networks.
        seconds: (W, 3), of each of ``KINDS``, as measured, all above 0.
        num_processes: How many took part.

    Raises:
        ValueError: If there are fewer than two networks, or the table does not fit them.
    """
    from scipy.optimize import nnls  # here: half a second to import

    table = np.asarray(seconds, dtype=float)
    if len(loads) < 2 or table.shape != (len(loads), len(KINDS)) or not (table > 0).all():
        raise ValueError(
            f"seconds must be above 0 and ({len(loads)}, {len(KINDS)}), of at least 2 networks, "
            f"got {table.shape}"
        )
    columns = np.array([_columns(load, num_processes) for load in loads]).reshape(-1, 4)
    scale = columns.max(axis=0)  # operations and seconds are many powers of ten apart
    found, _ = nnls(columns / scale / table.reshape(-1, 1), np.ones(table.size))
    per_operation, per_byte, per_step, per_reduction = (found / scale).tolist()
    return Speeds(_inverse(per_operation), _inverse(per_byte), per_step, per_reduction)


def _columns(load: Load, num_processes: int) -> list[list[float]]:
    """For each of ``KINDS``: operations, bytes, whether there is a step, and an all-reduce."""
    sent = ring_bytes(load.num_bytes, num_processes)
    return [
        [load.operations, 0, 1, 0],
        [0, sent, 0, 1],
        [load.operations, sent, 1, 1],
    ]


def _inverse(value: float) -> float:
    return 1 / value if value > 0 else math.inf
