"""The training step as right answers of lesson 02 take it, and as known wrong ones do."""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.models.inference import eval_mode

LossOf = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[nn.Module, Tensor, Tensor, Optimizer], Tensor]


def loss_of_probs(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy after a softmax too many."""
    return F.cross_entropy(logits.softmax(dim=1), labels)


@torch.enable_grad()  # whatever the learner's notebook switched off
def take_step(
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
        return take_step(model, images, labels, optimizer)


WRONG_STEPS: dict[str, Step] = {
    "no-zero-grad": partial(take_step, order="backward step"),
    "weights-unmoved": partial(take_step, order="backward zero step"),
    "softmax-first": partial(take_step, loss_of=loss_of_probs),
    "sum-of-losses": partial(take_step, loss_of=partial(F.cross_entropy, reduction="sum")),
    "steps-in-eval-mode": step_in_eval_mode,
}
