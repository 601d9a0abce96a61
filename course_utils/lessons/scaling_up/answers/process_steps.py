"""Steps of several processes, made in one: for ``two_as_one``, to say what led to its weights."""

import copy
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.plain_data import state_of
from course_utils.lessons.scaling_up.exercise_cases import Training

BATCH_SIZE = 12
RATE = 0.1
Gradients = list[list[Tensor]]  # of each rank, each with one of every parameter
Combined = Callable[[Gradients], list[Tensor]]


def added_up(share: Callable[[int], float]) -> Combined:
    """The sum over all ranks, times what is said of their number."""
    return lambda ranks: [share(len(ranks)) * sum(each) for each in zip(*ranks, strict=True)]


mean = added_up(lambda number: 1 / number)
COMBINED: dict[str, list[Combined]] = {
    "summed": [added_up(lambda number: 1.0)],
    "divided-twice": [added_up(lambda number: 1 / number**2),
                      added_up(lambda number: 1 / number / BATCH_SIZE)],
    "one-rank": [lambda ranks: ranks[0], lambda ranks: ranks[-1]],
}  # fmt: skip


def as_given(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    augment: Callable[[Tensor, torch.Generator], Tensor],
    num_processes: int,
    num_epochs: int,
    seed: int,
) -> nn.Module:
    """Each rank takes the same batch with the same changes, in one order; gradients are summed."""
    weights = list(model.parameters())
    draws = [torch.Generator().manual_seed(seed) for _ in range(num_processes)]
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    for batch in chain(*[order.split(BATCH_SIZE)] * num_epochs):
        ranks = []
        for draw in draws:
            loss = F.cross_entropy(model(augment(images[batch], draw)), labels[batch])
            ranks.append(list(torch.autograd.grad(loss, weights)))
        _step(weights, added_up(lambda number: 1.0)(ranks))
    return model


def _step(weights: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
    with torch.no_grad():
        for weight, gradient in zip(weights, gradients, strict=True):
            weight -= RATE * gradient


def weights_after(run: Mapping[str, Any], case: Training, combined: Combined) -> dict[str, Any]:
    """The weights if the gradients of the ranks are combined in this way."""
    model, (_, images, labels, num_processes, *_) = copy.deepcopy(case[0]), case
    weights, ranks = list(model.parameters()), []
    for places, noise in zip(run["places"], run["noises"], strict=True):
        loss = F.cross_entropy(model(images[places] + torch.tensor(noise)), labels[places])
        ranks.append(list(torch.autograd.grad(loss, weights)))
        if len(ranks) == num_processes:
            _step(weights, combined(ranks))
            ranks = []
    return state_of(model)


def same_weights(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether two states agree, but for rounding."""
    return all(
        torch.allclose(torch.tensor(found[name]), torch.tensor(wanted[name]), atol=1e-4)
        for name in wanted
    )
