"""What right code does to the small models of lesson 04, and how its traces are read."""

import torch
from torch import Tensor, nn
from torch.optim import SGD

from course_utils.lessons.fine_tuning.trials import (
    Snapshot,
    small_model,
    small_task,
    snapshot,
    take_step,
)
from course_utils.models.classifier import replace_head


def with_new_head(
    seed: int, head: list[float], num_classes: int, rate: float, num_steps: int
) -> Snapshot:
    """A small model with the numbers ``head`` as its new head, after steps of SGD on all of it."""
    model = small_model(seed)
    replace_head(model, num_classes)
    nn.utils.vector_to_parameters(torch.tensor(head), model.head.parameters())
    optimizer = SGD(model.parameters(), rate)
    for _ in range(num_steps):
        take_step(model, optimizer, *small_task(seed, num_classes))
    return snapshot(model)


def same(end: Snapshot, other: Snapshot, *parts: str) -> bool:
    """Whether two models agree in these parts, or in all."""
    for part in parts or ("head", "backbone", "statistics"):
        pair = torch.tensor(end[part]), torch.tensor(other[part])
        if pair[0].shape != pair[1].shape or not torch.allclose(*pair, rtol=1e-4, atol=1e-5):
            return False
    return True


def rates_taken(seed: int, num_classes: int, end: Snapshot) -> dict[str, list[float | None]] | None:
    """At which rate each tensor of head and backbone went down its gradient, to end as in ``end``.

    A rate is None where the tensor went elsewhere. None for all where ``end`` is no such model.
    """
    model = small_model(seed, num_classes).double()
    images, labels = small_task(seed, num_classes)
    nn.functional.cross_entropy(model(images.double()), labels).backward()
    rates: dict[str, list[float | None]] = {}
    for name, part in (("head", model.head), ("backbone", model.backbone)):
        weights = list(part.parameters())
        sizes = [weight.numel() for weight in weights]
        if len(end[name]) != sum(sizes):
            return None
        ends = torch.tensor(end[name], dtype=torch.double).split(sizes)
        rates[name] = [_rate(*pair) for pair in zip(weights, ends, strict=True)]
    return rates


def _rate(weight: Tensor, end: Tensor) -> float | None:
    moved, gradient = (weight.detach().flatten() - end), weight.grad.flatten()
    rate = (moved @ gradient / (gradient @ gradient)).item()
    return rate if torch.allclose(moved, rate * gradient, rtol=1e-4, atol=1e-9) else None
