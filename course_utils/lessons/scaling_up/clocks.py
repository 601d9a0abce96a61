"""Seconds of a step, of an all-reduce, and of both, on one of several processes."""

import time
from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from course_utils.costs.steps import training_step
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.session.devices import waiter
from course_utils.session.timing import one_thread

KINDS = ("step", "all-reduce", "both")


def network(width: int, in_channels: int, num_classes: int) -> Classifier:
    """What is timed: the workbook's own network, so wide."""
    return Classifier(Backbone(in_channels, width), num_classes)


def seconds(
    rank: int,
    num_processes: int,
    *,
    widths: list[int],
    images: Tensor,
    labels: Tensor,
    num_classes: int,
    rounds: int,
) -> dict[str, Tensor]:
    """Seconds of each of ``KINDS`` for each width, all in turn in every round.

    Each rank computes on one thread, so that its own seconds are those of the work. A first round
    is not counted: it sets up memory. Before each work, the ranks wait for each other.

    Args:
        rank: Number of this process.
        num_processes: How many there are.
        widths: W widths of the network.
        images: (B, C, H, W), what each rank computes a step of.
        labels: (B,).
        num_classes: K.
        rounds: How many are counted.

    Returns:
        ``wall``, by the clock, and ``cpu``, which this process computed: each (rounds, W, 3).
    """
    wall, cpu = (torch.zeros(rounds + 1, len(widths), len(KINDS)).double() for _ in range(2))
    works = [
        _works(network(width, images.shape[1], num_classes).to(images.device), images, labels)
        for width in widths
    ]
    wait = waiter(images.device)
    with one_thread():
        for number in range(rounds + 1):
            for place, kinds in enumerate(works):
                for kind, work in enumerate(kinds):
                    dist.barrier()
                    start, used = time.perf_counter(), time.process_time()
                    work()
                    wait()
                    wall[number, place, kind] = time.perf_counter() - start
                    cpu[number, place, kind] = time.process_time() - used
    return {"wall": wall[1:], "cpu": cpu[1:]}


def _works(model: nn.Module, images: Tensor, labels: Tensor) -> list[Callable[[], object]]:
    """What is timed of one network, in the order of ``KINDS``."""
    num_weights = sum(weight.numel() for weight in model.parameters())
    numbers = torch.zeros(num_weights, device=images.device)
    shared = DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    alone, both = (training_step(each, images, labels, optimizer) for each in (model, shared))
    return [alone, lambda: dist.all_reduce(numbers), both]
