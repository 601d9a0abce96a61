"""Answer of ``three_faults``: the mended loop, and loops that have some of its faults."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.exercises.tables import Table
from course_utils.lessons.pretraining.answers.loops import LossOf, loss_of_probs, take_step
from course_utils.lessons.pretraining.exercises import observe_three_faults

ORDERS = {"step": "zero backward step", "late": "backward zero step"}


def probs_without_log(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the mean probability of the labels, where its logarithm should be."""
    return F.nll_loss(logits.softmax(dim=1), labels)


def fit(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimizer: Optimizer,
    num_epochs: int,
    batch_size: int,
    *,
    clear: str = "step",
    wake: str = "epoch",
    loss_of: LossOf = F.cross_entropy,
    score_in_eval: bool = True,
) -> list[float]:
    """Accuracies after each epoch of the mended loop, or of one with some of its faults.

    Gradients are cleared at each ``"step"``, each ``"epoch"``, at the ``"start"``, or too
    ``"late"``; train mode is set in each ``"epoch"`` or at the ``"start"``.
    """
    accuracies = []
    for _ in range(num_epochs):
        if wake == "epoch":
            model.train()
        if clear == "epoch":
            optimizer.zero_grad()
        batches = zip(images.split(batch_size), labels.split(batch_size), strict=True)
        for pictures, answers in batches:
            order = ORDERS.get(clear, "backward step")
            take_step(model, pictures, answers, optimizer, order, loss_of)
        model.train(not score_in_eval)
        with torch.no_grad():
            right = model(images).argmax(dim=1) == labels
        accuracies.append(right.float().mean().item())
    return accuracies


with_softmax = partial(fit, loss_of=loss_of_probs)

ACCURACIES = "The weights are right. Return the accuracies in eval mode, as before."

ANSWER = Table(
    observe_three_faults,
    right=fit,
    praise="The same weights and accuracies as a loop without faults.",
    as_given=partial(with_softmax, clear="start", wake="start"),
    say_as_given="The loop learns as the one that was given: all three faults are left.",
    wrong={
        "gradients-left": partial(fit, clear="start"),
        "mode-left": partial(fit, wake="start"),
        "softmax-left": with_softmax,
        "gradients-and-mode-left": partial(fit, clear="start", wake="start"),
        "gradients-and-softmax-left": partial(with_softmax, clear="start"),
        "mode-and-softmax-left": partial(with_softmax, wake="start"),
        "logarithm-missing": partial(fit, loss_of=probs_without_log),
        "weights-unmoved": partial(fit, clear="late"),
        "cleared-once-an-epoch": [
            partial(loop, clear="epoch", wake=wake)
            for loop in (fit, with_softmax)
            for wake in ("epoch", "start")
        ],
        "scores-in-train-mode": partial(fit, score_in_eval=False),
    },
    messages={
        "gradients-left": "Two faults are mended. Still left: from the second update on, a step "
        "follows more than the gradient of its own batch.",
        "mode-left": "Two faults are mended. The first epoch is right now; what is different when "
        "the second begins?",
        "softmax-left": "Two faults are mended. Still left: the loss is not the cross-entropy of "
        "what the network says.",
        "gradients-and-mode-left": "The loss is mended. Two faults are left: one shows from the "
        "second update on, the other from the second epoch on.",
        "gradients-and-softmax-left": "The mode is mended. Two faults are left: one in the loss, "
        "the other shows from the second update on.",
        "mode-and-softmax-left": "The gradients are mended. Two faults are left: one in the loss, "
        "the other shows from the second epoch on.",
        "logarithm-missing": "Your loss is minus the mean probability. Cross-entropy is minus the "
        "mean of its logarithm.",
        "weights-unmoved": "Now the weights never move: is there a gradient, and is a step taken?",
        "cleared-once-an-epoch": "Gradients no longer add up from epoch to epoch, but they still "
        "do from batch to batch.",
        "scores-in-train-mode": "The weights are right. But the accuracies are taken in train "
        "mode now, and that moves batch norm's averages.",
    },
    otherwise={
        "weights": "These are not the weights of the mended loop. Did a line change that was "
        "right?",
        "averages": ACCURACIES,
        "accuracies": ACCURACIES,
    },
    atol=1e-4,
)
