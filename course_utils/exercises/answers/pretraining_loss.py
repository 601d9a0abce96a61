"""Answers of lesson 01."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.pretraining_loss import (
    large_logits,
    ragged_batches,
    small_logits,
    two_clouds,
)

ERRORS = {
    "mean_loss": {
        "mean-of-batch-means": "Here a batch of 1 example counts as much as a batch of 64.",
        "divides-by-batches": "The sum over examples is right. What did you divide it by?",
        "sum-of-means": "You add up means. How does the mean of a batch become the sum of its "
        "losses again?",
        "assumes-full-batches": "This takes every batch to be as large as the first one.",
    },
    "first_loss": {
        "learning-rate-before-a-step": "No update has happened yet, so no rate was used.",
        "shuffled-labels-seen-at-once": "An untrained model knows no label, shuffled or not.",
        "misread-2.30": "Look again at 2.30. -ln p = 2.30 gives p = 0.10. How many classes are "
        "there?",
        "misread-0.0": "Look again at 0.0. A loss of 0 means probability 1 for every label, before "
        "anything was learned.",
        "misread-7.9": "Look again at 7.9. exp(-7.9) is about 0.0004: the labels get far less than "
        "an even share.",
    },
    "loss_gradient": {
        "wrong-sign": "This points downhill. The gradient points uphill, and descent takes the "
        "minus.",
        "not-divided": "This is the gradient of the sum of the losses. That of their mean is asked "
        "for.",
        "divided-by-all-entries": "Divided by examples times classes. The mean is over examples "
        "only.",
        "divided-by-classes": "Something is divided by the number of classes. Over what is the "
        "mean taken?",
    },
    "cross_entropy": {
        "softmax-twice": "Softmax was taken twice. F.cross_entropy and log_softmax want logits, "
        "not probabilities.",
        "sum-for-mean": "This grows with the number of examples. The mean is asked for.",
        "wrong-sign": "The size is right, the sign is not: the logarithm of a probability is never "
        "above 0.",
        "all-pairs": "logits[:, labels] takes every label for every row. Pair row i with label i.",
        "wrong-axis": "The probabilities of each example must add up to 1. Which dimension holds "
        "the classes?",
        "overflow": "Right for small logits, but a logit of 1000 gives no finite number. See "
        "section 2.",
        "hides-the-overflow": "Finite for large logits, but wrong: what was added or cut hides the "
        "overflow.",
    },
    "descend": {
        "uphill": "The loss rises from step to step: descent goes against the gradient.",
        "sum-for-mean": "Each step is as large as if the losses were added up. The loss to bring "
        "down is their mean.",
        "bias-stays": "W is as it should be after one step, but b never moves.",
        "bias-mean-of-means": "W is right after one step, b moves too little: the gradient of b "
        "adds up rows that are already divided by the number of examples.",
        "one-step-only": "However many steps are asked for, you take one.",
        "one-step-too-many": "With 0 steps nothing may move: you take one step more than asked.",
        "random-start": "Before the first step W and b are not 0, and the answer depends on luck.",
    },
}
WRONG_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "softmax-twice": lambda logits, labels: F.cross_entropy(logits.softmax(1), labels),
    "sum-for-mean": lambda logits, labels: F.cross_entropy(logits, labels, reduction="sum"),
    "wrong-sign": lambda logits, labels: -F.cross_entropy(logits, labels),
    "all-pairs": lambda logits, labels: logits.logsumexp(1).mean() - logits[:, labels].mean(),
    "wrong-axis": lambda logits, labels: F.nll_loss(logits.log_softmax(0), labels),
}
WRONG_MEANS: dict[str, Callable[[Sequence[float], Sequence[int]], float]] = {
    "mean-of-batch-means": lambda means, sizes: sum(means) / len(means),
    "divides-by-batches": lambda means, sizes: (
        sum(m * s for m, s in zip(means, sizes, strict=True)) / len(means)
    ),
    "sum-of-means": lambda means, sizes: sum(means) / sum(sizes),
    "assumes-full-batches": lambda means, sizes: sum(means) * sizes[0] / sum(sizes),
}
WRONG_GRADIENTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "wrong-sign": lambda probs, one_hot: (one_hot - probs) / len(probs),
    "not-divided": lambda probs, one_hot: probs - one_hot,
    "divided-by-all-entries": lambda probs, one_hot: (probs - one_hot) / probs.numel(),
    "divided-by-classes": lambda probs, one_hot: (probs - one_hot) / probs.shape[1],
}
FIRST_LOSSES = {"2.30": "a", "0.0": "c", "7.9": "b"}
TOO_EARLY = {"d": "learning-rate-before-a-step", "e": "shuffled-labels-seen-at-once"}


def judge_cross_entropy(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with torch's mean cross-entropy."""
    losses = list(observed["losses"])
    for (logits, labels), loss in zip(small_logits(seed), losses, strict=False):
        if not _close(loss, F.cross_entropy(logits, labels)):
            return _name_wrong_loss(loss, logits, labels)
    large = losses[len(small_logits(seed)) :]
    for (logits, labels), loss in zip(large_logits(seed), large, strict=True):
        if not torch.isfinite(torch.tensor(loss)):
            return known_error(ERRORS["cross_entropy"], "overflow")
        if not _close(loss, F.cross_entropy(logits, labels)):
            return known_error(ERRORS["cross_entropy"], "hides-the-overflow")
    return right("Equal to F.cross_entropy, and logits of 1000 do no harm.")


def _name_wrong_loss(loss: float, logits: Tensor, labels: Tensor) -> Feedback:
    for name, mistake in WRONG_LOSSES.items():
        if _close(loss, mistake(logits, labels)):
            return known_error(ERRORS["cross_entropy"], name)
    truth = F.cross_entropy(logits, labels).item()
    return wrong(
        f"On logits of shape {tuple(logits.shape)} your function gives {loss:.3f}, the mean loss "
        f"is {truth:.3f}. Compare with section 1, step by step."
    )


def judge_mean_loss(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with the mean over the losses of all examples."""
    for (means, sizes), mean in zip(ragged_batches(seed), observed["means"], strict=True):
        losses = torch.tensor(means).repeat_interleave(torch.tensor(sizes))  # one per example
        if _close(mean, losses.mean()):
            continue
        for name, mistake in WRONG_MEANS.items():
            if _close(mean, torch.tensor(mistake(means, sizes))):
                return known_error(ERRORS["mean_loss"], name)
        shown = ", ".join(f"{value:.2f}" for value in means)
        return wrong(
            f"For means {shown} of batches of {sizes} examples your function gives {mean:.3f}. "
            "Write down the loss of every single example, then take the mean."
        )
    return right("Every example counts the same, in whatever batch it came.")


def judge_loss_gradient(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with autograd's gradient of the mean loss."""
    pairs = zip(small_logits(seed), observed["gradients"], strict=True)
    for (logits, labels), values in pairs:
        gradient = torch.tensor(values)
        if gradient.shape != logits.shape:
            return wrong(f"The gradient must have the logits' shape, {tuple(logits.shape)}.")
        watched = logits.clone().requires_grad_()
        F.cross_entropy(watched, labels).backward()
        if not torch.allclose(gradient, watched.grad, atol=1e-5):
            return _name_wrong_gradient(gradient, logits, labels)
    return right("Equal to what autograd finds.")


def _name_wrong_gradient(gradient: Tensor, logits: Tensor, labels: Tensor) -> Feedback:
    probs, one_hot = logits.softmax(1), F.one_hot(labels, logits.shape[1])
    if torch.allclose(gradient, one_hot - probs, atol=1e-5):
        return unanswered("This is the function as it was given; two things in it are wrong.")
    for name, mistake in WRONG_GRADIENTS.items():
        if torch.allclose(gradient, mistake(probs, one_hot), atol=1e-5):
            return known_error(ERRORS["loss_gradient"], name)
    return wrong("This differs from autograd's gradient. Compare sign, size and the sum of a row.")


def judge_descend(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with torch's own SGD, after each number of steps."""
    at_0, at_1, at_2, at_30 = (torch.tensor(end) for end in observed["ends"])
    true = [_descend(seed, num_steps) for num_steps in (0, 1, 2, 30)]
    if all(
        torch.allclose(end, truth, atol=1e-4)
        for end, truth in zip((at_0, at_1, at_2, at_30), true, strict=True)
    ):
        return right("The same weights as torch.optim.SGD, after 0, 1, 2 and 30 steps.")
    step = true[1]  # from zeros, W (3, 2) first, then b (2,)
    if not torch.equal(at_0, torch.zeros_like(at_0)):
        late = torch.allclose(at_0, step, atol=1e-4)
        return known_error(ERRORS["descend"], "one-step-too-many" if late else "random-start")
    if torch.allclose(at_1, -step, atol=1e-4):
        return known_error(ERRORS["descend"], "uphill")
    if torch.allclose(at_1, 40 * step, atol=1e-3):
        return known_error(ERRORS["descend"], "sum-for-mean")
    if torch.allclose(at_1[:6], step[:6], atol=1e-4) and not torch.allclose(at_1, step, atol=1e-4):
        stays = torch.equal(at_30[6:], torch.zeros(2))
        return known_error(ERRORS["descend"], "bias-stays" if stays else "bias-mean-of-means")
    if torch.equal(at_1, at_30):
        return known_error(ERRORS["descend"], "one-step-only")
    after = next(n for n, e, t in zip((1, 2, 30), (at_1, at_2, at_30), true[1:], strict=True)
                 if not torch.allclose(e, t, atol=1e-4))  # fmt: skip
    return wrong(f"After {after} steps the weights are not those of gradient descent.")


def _descend(seed: int, num_steps: int) -> Tensor:
    """W (D, K) and then b (K,), flat, after steps of torch's own SGD from zeros."""
    features, labels = two_clouds(seed)
    weights, bias = torch.zeros(3, 2, requires_grad=True), torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([weights, bias], lr=0.5)
    for _ in range(num_steps):
        optimizer.zero_grad()
        F.cross_entropy(features @ weights + bias, labels).backward()
        optimizer.step()
    return torch.cat([weights.detach().flatten(), bias.detach()])


def judge_first_loss(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the letters."""
    if set(observed) != set(FIRST_LOSSES):
        return wrong(f"Keep the three losses {', '.join(FIRST_LOSSES)}; set the letters.")
    for loss, letter in FIRST_LOSSES.items():
        if observed[loss] in TOO_EARLY:
            return known_error(ERRORS["first_loss"], TOO_EARLY[observed[loss]])
        if observed[loss] != letter:
            return known_error(ERRORS["first_loss"], f"misread-{loss}")
    return right("ln K is the yardstick: near it, far above it, and far below it say three things.")


def _close(value: float, truth: Tensor) -> bool:
    return torch.isclose(torch.tensor(value), truth.float(), rtol=1e-4, atol=1e-5).item()
