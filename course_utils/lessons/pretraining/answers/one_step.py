"""Answer of ``one_step``: the five lines, over three batches."""

import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.pretraining.answers.loops import WRONG_STEPS, take_step
from course_utils.lessons.pretraining.exercises import observe_one_step


def left_in_eval_mode(model: nn.Module, *others: Tensor | Optimizer) -> Tensor:
    """The five lines, and then another mode."""
    loss = take_step(model, *others)
    model.eval()
    return loss


def with_the_new_loss(
    model: nn.Module, images: Tensor, labels: Tensor, optimizer: Optimizer
) -> Tensor:
    """The five lines, and the loss of the weights to which they lead."""
    take_step(model, images, labels, optimizer)
    return F.cross_entropy(model(images), labels)


def passes_too_many(difference: Difference) -> str | None:
    """Whether more batches went through the model than there are, however many."""
    more = difference.part == "num_passes" and difference.found > difference.truth
    return "two-passes" if more else None


AVERAGES = "Weights and losses are right, but the averages of batch norm are not."

ANSWER = Table(
    observe_one_step,
    right=take_step,
    praise="Three updates, the same weights and losses as the loop of section 4.",
    remarks={
        "keeps_graph": "One remark: your loss is a tensor that still holds its graph, and whoever "
        "collects such losses keeps all their graphs in memory. .item() makes a number.",
    },
    wrong={
        "step-before-backward": lambda *given: take_step(*given, order="step backward"),
        "eval-mode": left_in_eval_mode,
        **WRONG_STEPS,
        "loss-after-the-update": with_the_new_loss,
    },
    messages={
        "no-zero-grad": "Each update also follows the gradients of all steps before it: they add "
        "up.",
        "weights-unmoved": "The weights never move: is there a gradient, and is a step taken?",
        "softmax-first": "cross_entropy takes the softmax itself. Give it what the model returns.",
        "sum-of-losses": "Your steps grow with the batch: use the mean over the examples.",
        "step-before-backward": "You change the weights between the forward and the backward "
        "pass, so that the gradient would be of other weights than the loss.",
        "eval-mode": "The model came in train mode, and your step leaves it in eval mode.",
        "loss-after-the-update": "The update is right, but the loss you return is that of the new "
        "weights. Asked for is the one you took the gradient of.",
        "steps-in-eval-mode": "Your step runs the pictures through the model in eval mode. Batch "
        "norm then takes the averages it has kept; learning needs those of the batch.",
        "two-passes": "Weights and losses are right, but batch norm's averages moved more than "
        "once in a step. How often do the pictures go through the model?",
    },
    also=passes_too_many,
    otherwise={
        "weights": "After three steps the weights are not those of the five lines.",
        "losses": "The updates are right; return the mean loss before the update.",
        "num_passes": AVERAGES,
        "averages": AVERAGES,
    },
    atol=1e-4,
)
