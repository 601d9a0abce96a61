"""Loops that the answers of lesson 02 are held against: right ones, and those of known errors."""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.lessons.pretraining.trials import (
    EPOCH_BATCH,
    averages_of,
    four_classes,
    momentum_optimizer,
    small_network,
    three_batches,
    weights_of,
    with_random_numbers_of,
)
from course_utils.models.inference import eval_mode

LossOf = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[nn.Module, Tensor, Tensor, Optimizer], Tensor]


def loss_of_probs(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy after a softmax too many."""
    return F.cross_entropy(logits.softmax(dim=1), labels)


def probs_without_log(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the mean probability of the labels, where its logarithm should be."""
    return F.nll_loss(logits.softmax(dim=1), labels)


@torch.enable_grad()  # whatever the learner's notebook switched off
def one_step(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimizer: Optimizer,
    order: str = "zero backward step",
    loss_of: LossOf = F.cross_entropy,
) -> Tensor:
    """The five lines, or a wrong idea of them by another ``order`` or ``loss_of``."""
    loss = loss_of(model(images), labels)
    actions = {"zero": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}
    for action in order.split():
        actions[action]()
    return loss.detach()


def step_in_eval_mode(
    model: nn.Module, images: Tensor, labels: Tensor, optimizer: Optimizer
) -> Tensor:
    """The five lines, in which batch norm uses its averages and not those of the batch."""
    with eval_mode(model):
        return one_step(model, images, labels, optimizer)


WRONG_STEPS: dict[str, Step] = {
    "no-zero-grad": partial(one_step, order="backward step"),
    "weights-unmoved": partial(one_step, order="backward zero step"),
    "softmax-first": partial(one_step, loss_of=loss_of_probs),
    "sum-of-losses": partial(one_step, loss_of=partial(F.cross_entropy, reduction="sum")),
    "steps-in-eval-mode": step_in_eval_mode,
}


def three_steps(step: Step, seed: int) -> dict[str, list]:
    """``losses`` before each of three steps, those ``after`` it, ``weights``; last ``averages``."""
    model = small_network(seed)
    optimizer = momentum_optimizer(model, 0.3)
    losses, after, weights = [], [], []
    for images, labels in three_batches(seed):
        losses.append(step(model, images, labels, optimizer).item())
        weights.append(weights_of(model))
        with torch.no_grad():  # of a copy, since this pass moves averages too
            after.append(F.cross_entropy(copy.deepcopy(model)(images), labels).item())
    return {"losses": losses, "after": after, "weights": weights, "averages": averages_of(model)}


def early_weights(
    picture_places: Sequence[Sequence[int]],
    label_places: Sequence[Sequence[int]],
    seed: int,
    step: Step = one_step,
) -> list[list[float]]:
    """Weights after each step on these pictures with these labels."""
    images, labels = four_classes(seed)
    model = small_network(seed)
    optimizer = momentum_optimizer(model, 0.1)
    weights = []
    for pictures, answers in zip(picture_places, label_places, strict=True):
        step(model, images[list(pictures)], labels[list(answers)], optimizer)
        weights.append(weights_of(model))
    return weights


def early_weights_as_given(num_steps: int, batch_size: int, seed: int) -> list[list[float]]:
    """Weights of the broken loop before it is mended: two orders, one for pictures or labels."""
    orders = with_random_numbers_of(
        seed, lambda: [torch.randperm(64)[:batch_size].tolist() for _ in range(2 * num_steps)]
    )
    return early_weights(orders[::2], orders[1::2], seed)


def loss_of_trained(weights: Sequence[float], averages: Sequence[float], seed: int) -> float:
    """Loss over all pictures, in eval mode, of a small network with these weights.

    It is infinite where they are not those of such a network.
    """
    network = small_network(seed)
    if len(weights) != len(weights_of(network)) or len(averages) != len(averages_of(network)):
        return math.inf
    images, labels = four_classes(seed)
    with torch.no_grad():
        nn.utils.vector_to_parameters(torch.tensor(weights), network.parameters())
        network[2].running_mean.copy_(torch.tensor(averages[:32]))
        network[2].running_var.copy_(torch.tensor(averages[32:64]))
        return F.cross_entropy(network.eval()(images), labels).item()


@dataclass(frozen=True)
class Loop:
    """The loop of the exercise with three faults, mended, or with some of its faults."""

    clear: str = "step"  # when gradients are cleared: "step", "epoch", "start", or "late"
    wake: str = "epoch"  # when train mode is set: "epoch" or "start"
    loss_of: LossOf = F.cross_entropy
    score_in_eval: bool = True

    def run(self, num_epochs: int, seed: int) -> dict[str, list[float]]:
        """Accuracies after each epoch, and weights and averages at the end."""
        model, (images, labels) = small_network(seed), four_classes(seed, 22)
        optimizer, accuracies = momentum_optimizer(model, 0.1), []
        for _ in range(num_epochs):
            if self.wake == "epoch":
                model.train()
            if self.clear == "epoch":
                optimizer.zero_grad()
            for pictures, answers in zip(
                images.split(EPOCH_BATCH), labels.split(EPOCH_BATCH), strict=True
            ):
                one_step(model, pictures, answers, optimizer, self._order, self.loss_of)
            model.train(not self.score_in_eval)
            with torch.no_grad():
                right = model(images).argmax(dim=1) == labels
            accuracies.append(right.float().mean().item())
        weights, averages = weights_of(model), averages_of(model)
        return {"accuracies": accuracies, "weights": weights, "averages": averages}

    @property
    def _order(self) -> str:
        orders = {"step": "zero backward step", "late": "backward zero step"}
        return orders.get(self.clear, "backward step")


AS_GIVEN = Loop("start", "start", loss_of_probs)
PARTLY_MENDED: list[tuple[str, Loop]] = [
    ("gradients-left", Loop(clear="start")),
    ("mode-left", Loop(wake="start")),
    ("softmax-left", Loop(loss_of=loss_of_probs)),
    ("gradients-and-mode-left", Loop("start", "start")),
    ("gradients-and-softmax-left", Loop("start", loss_of=loss_of_probs)),
    ("mode-and-softmax-left", Loop(wake="start", loss_of=loss_of_probs)),
    ("logarithm-missing", Loop(loss_of=probs_without_log)),
    ("weights-unmoved", Loop(clear="late")),
]
PARTLY_MENDED += [
    ("cleared-once-an-epoch", Loop("epoch", wake, loss_of))
    for wake, loss_of in product(("epoch", "start"), (F.cross_entropy, loss_of_probs))
]


def same(values: Any, truth: Any, atol: float = 1e-4) -> bool:
    """Whether numbers agree, in lists of one shape."""
    try:
        found, wanted = torch.tensor(values).double(), torch.tensor(truth).double()
    except (TypeError, ValueError):  # lists of unequal lengths, of a network that was rebuilt
        return False
    return found.shape == wanted.shape and torch.allclose(found, wanted, rtol=1e-4, atol=atol)


def same_weights(ends: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all trainings ended at the same weights."""
    pairs = zip(ends, others, strict=True)
    return all(same(end["weights"], other["weights"]) for end, other in pairs)
