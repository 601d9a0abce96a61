"""Answer of ``loss_gradient``: probabilities minus labels, over the number of examples."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.pretraining_loss.exercises import observe_loss_gradient, small_logits


def of_the_sum(logits: Tensor, labels: Tensor) -> Tensor:
    """The gradient of the sum of the losses."""
    return logits.softmax(dim=1) - F.one_hot(labels, logits.shape[1])


def compare(difference: Difference) -> str:
    """What to say of the first wrong gradient."""
    logits, _ = small_logits(difference.seed)[difference.place]
    if torch.tensor(difference.found).shape != logits.shape:
        return f"The gradient must have the logits' shape, {tuple(logits.shape)}."
    return "This differs from autograd's gradient. Compare sign, size and the sum of a row."


ANSWER = Table(
    observe_loss_gradient,
    right=lambda logits, labels: of_the_sum(logits, labels) / len(labels),
    praise="Equal to what autograd finds.",
    as_given=lambda logits, labels: -of_the_sum(logits, labels),
    say_as_given="This is the function as it was given; two things in it are wrong.",
    wrong={
        "wrong-sign": lambda logits, labels: -of_the_sum(logits, labels) / len(labels),
        "not-divided": of_the_sum,
        "divided-by-all-entries": lambda logits, labels: (
            of_the_sum(logits, labels) / logits.numel()
        ),
        "divided-by-classes": lambda logits, labels: of_the_sum(logits, labels) / logits.shape[1],
        "one-hot-alone-divided": lambda logits, labels: (
            logits.softmax(dim=1) - F.one_hot(labels, logits.shape[1]) / len(labels)
        ),
        "wrong-axis": lambda logits, labels: (
            (logits.softmax(dim=0) - F.one_hot(labels, logits.shape[1])) / len(labels)
        ),
    },
    messages={
        "wrong-sign": "This points downhill. The gradient points uphill, and descent takes the "
        "minus.",
        "not-divided": "This is the gradient of the sum of the losses. That of their mean is "
        "asked for.",
        "divided-by-all-entries": "Divided by examples times classes. The mean is over examples "
        "only.",
        "one-hot-alone-divided": "Only the one-hot labels are divided: brackets are missing.",
        "wrong-axis": "The probabilities of each example must add up to 1. Which dimension holds "
        "the classes?",
        "divided-by-classes": "Something is divided by the number of classes. Over what is the "
        "mean taken?",
    },
    otherwise=compare,
    rtol=1e-5,
)
