"""Answer of ``descend``: steps of plain gradient descent from zeros."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.pretraining_loss.exercises import descents, observe_descend

WeightsAndBias = tuple[Tensor, Tensor]


def _descend(
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    rate: float,
    num_steps: int,
    *,
    of_bias: float = 1,
    bias_last: bool = False,
    axis: int = 1,
) -> WeightsAndBias:
    """W (D, K) and b (K,) after some steps.

    The gradient of b may be taken ``of_bias`` times, and only after the step of W; the softmax
    along another axis.
    """
    weights, bias = torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes)

    def gradient() -> Tensor:
        probs = (features @ weights + bias).softmax(dim=axis)
        return (probs - F.one_hot(labels, num_classes)) / len(labels)

    for _ in range(num_steps):
        logits_gradient = gradient()
        weights = weights - rate * features.T @ logits_gradient
        logits_gradient = gradient() if bias_last else logits_gradient
        bias = bias - of_bias * rate * logits_gradient.sum(dim=0)
    return weights, bias


def by_autograd(
    features: Tensor, labels: Tensor, num_classes: int, rate: float, num_steps: int
) -> WeightsAndBias:
    """One step whose gradients torch finds."""
    weights = torch.zeros(features.shape[1], num_classes, requires_grad=True)
    bias = torch.zeros(num_classes, requires_grad=True)
    F.cross_entropy(features @ weights + bias, labels).backward()
    return weights - rate * weights.grad, bias - rate * bias.grad


def starts_elsewhere(difference: Difference) -> str | None:
    """Whether W and b are no zeros without a step, wherever they start."""
    start = difference.observed.get("no_step")
    return "start-not-zero" if isinstance(start, list) and any(start) else None


def slip(difference: Difference) -> str | None:
    """Which known slip no answer in the table makes, if any."""
    steps_taken = {name: difference.observed.get(name) for name in ("two_steps", "many_steps")}
    seen = observe_descend(lambda x, y, k, rate, n: _descend(x, y, k, rate, 1), difference.seed)
    if all(ANSWER.same(end, seen[name]) for name, end in steps_taken.items()):
        returns = difference.observed["no_step"] is None
        return "one-step-only" if returns else "update-below-the-loop"
    return starts_elsewhere(difference)


def where(difference: Difference) -> str:
    """What to say of the first wrong run."""
    steps = descents(difference.seed)[difference.part][-1]
    if isinstance(difference.observed[difference.part], str):
        return f"With num_steps = 0: {difference.observed[difference.part]}"
    if difference.observed[difference.part] is None and steps == 0:
        return "With num_steps = 0 nothing comes back. W and b are wanted then, too."
    if steps == 1 and difference.place >= 12:
        return "W is right after one step, b is not."
    count = "1 step" if steps == 1 else f"{steps} steps"
    return f"After {count} the weights are not those of gradient descent."


ANSWER = Table(
    observe_descend,
    right=_descend,
    praise="The same weights as torch.optim.SGD, after 0, 1, 2 and 30 steps.",
    wrong={
        "by-autograd": by_autograd,
        "uphill": lambda x, y, k, rate, n: _descend(x, y, k, -rate, n),
        "sum-for-mean": lambda x, y, k, rate, n: _descend(x, y, k, rate * len(x), n),
        "divided-twice": lambda x, y, k, rate, n: _descend(x, y, k, rate / len(x), n),
        "wrong-axis": lambda *run: _descend(*run, axis=0),
        "bias-stays": lambda *run: _descend(*run, of_bias=0),
        "bias-mean-of-means": lambda *run: _descend(*run, of_bias=1 / len(run[0])),
        "bias-not-divided": lambda *run: _descend(*run, of_bias=len(run[0])),
        "bias-uphill": lambda *run: _descend(*run, of_bias=-1),
        "bias-after-weights": lambda *run: _descend(*run, bias_last=True),
        "one-step-too-few": lambda x, y, k, rate, n: _descend(x, y, k, rate, n - 1),
        "one-step-too-many": lambda x, y, k, rate, n: _descend(x, y, k, rate, n + 1),
        "rate-not-used": lambda x, y, k, rate, n: _descend(x, y, k, 0.5, n),
    },
    messages={
        "by-autograd": "Autograd is switched off here. Write down the gradients for W and b "
        "yourself.",
        "uphill": "The loss rises from step to step: descent goes against the gradient.",
        "sum-for-mean": "Each step is as large as if the losses were added up. The loss to bring "
        "down is their mean.",
        "divided-twice": "The steps are too small by the number of examples: is something divided "
        "by it twice?",
        "wrong-axis": "The probabilities of each example must add up to 1. Which dimension holds "
        "the classes?",
        "bias-stays": "W is as it should be after one step, but b never moves.",
        "bias-mean-of-means": "W is right after one step, b moves too little: the gradient of b "
        "adds up rows that are already divided by the number of examples.",
        "bias-not-divided": "W is right after one step, b moves too far: its gradient, too, is "
        "that of a mean.",
        "bias-uphill": "W is right after one step, b goes the wrong way.",
        "bias-after-weights": "W is right after one step. The gradient for b was taken after W "
        "had changed: both belong to the same place.",
        "one-step-only": "However many steps are asked for, you take one: does a return stand in "
        "the loop?",
        "update-below-the-loop": "However many steps are asked for, you take one. Does the update "
        "stand below the loop, or do W and b become zeros again in each round?",
        "one-step-too-few": "The last step is missing: with num_steps = 1 nothing moves.",
        "one-step-too-many": "With 0 steps nothing may move: you take one step more than asked.",
        "start-not-zero": "With 0 steps, W and b must come back as zeros: they start there.",
        "rate-not-used": "The steps are equally large whatever learning_rate is given.",
    },
    also=slip,
    otherwise=where,
    atol=1e-4,
)
