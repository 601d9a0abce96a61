"""Answers of lesson 01."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.lessons.pretraining_loss.answers.errors import ERRORS
from course_utils.lessons.pretraining_loss.exercises import (
    descents,
    large_logits,
    ragged_batches,
    small_logits,
)

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
    if observed["library_calls"]:
        return known_error(ERRORS["cross_entropy"], "library-call")
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
        gradient = torch.tensor(values, dtype=torch.float32)
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
    """Compare with torch's own SGD, after each run."""
    if observed["ends"] is None:
        return known_error(ERRORS["descend"], "by-autograd")
    runs = descents(seed)
    ends = [None if end is None else torch.tensor(end).float() for end in observed["ends"]]
    true = [_descend(*run) for run in runs]
    if all(_same(end, truth) for end, truth in zip(ends, true, strict=True)):
        return right("The same weights as torch.optim.SGD, after 0, 1, 2 and 30 steps.")
    known = _known_descent(ends, true, runs[0])
    if known is not None:
        return known_error(ERRORS["descend"], known)
    steps = next(run[4] for run, e, t in zip(runs, ends, true, strict=True) if not _same(e, t))
    if ends[2] is None and steps == 0:
        return wrong("With num_steps = 0 nothing comes back. W and b are wanted then, too.")
    if _same(ends[0][:12], true[0][:12]) and not _same(ends[0], true[0]):
        return wrong("W is right after one step, b is not.")
    return wrong(f"After {steps} steps the weights are not those of gradient descent.")


def _known_descent(
    ends: Sequence[Tensor | None], true: Sequence[Tensor], first_run: tuple
) -> str | None:
    """The name of the wrong idea that explains the ends; W (3, 4) comes first, then b (4,)."""
    at_1, at_2, at_0, at_30, at_other_rate = ends
    step, weights, bias = true[0], true[0][:12], true[0][12:]
    if _same(at_1, at_2) and _same(at_1, at_30):
        return "one-step-only"
    if at_0 is not None and not torch.equal(at_0, torch.zeros(16)):
        return "one-step-too-many" if _same(at_0, step) else "start-not-zero"
    if _same(at_1, -step):
        return "uphill"
    if _same(at_1, 40 * step):
        return "sum-for-mean"
    if _same(at_1[:12], weights) and not _same(at_1, step):
        after_weights = _bias_after_weights(*first_run)
        ideas = {
            "bias-stays": torch.zeros(4),
            "bias-mean-of-means": bias / 40,
            "bias-not-divided": 40 * bias,
            "bias-uphill": -bias,
            "bias-after-weights": after_weights,
        }
        return next((name for name, idea in ideas.items() if _same(at_1[12:], idea)), None)
    if all(map(_same, (at_1, at_2, at_30), (true[0], true[1], true[3]))) and _same(
        at_other_rate, true[3]
    ):
        return "rate-not-used"
    return None


def _same(end: Tensor | None, truth: Tensor | None) -> bool:
    return end is not None and truth is not None and torch.allclose(end, truth, 1e-4, 1e-4)


def _descend(
    features: Tensor, labels: Tensor, num_classes: int, rate: float, num_steps: int
) -> Tensor:
    """W (D, K) and then b (K,), flat, after steps of torch's own SGD from zeros."""
    weights = torch.zeros(features.shape[1], num_classes, requires_grad=True)
    bias = torch.zeros(num_classes, requires_grad=True)
    optimizer = torch.optim.SGD([weights, bias], lr=rate)
    with torch.enable_grad():
        for _ in range(num_steps):
            optimizer.zero_grad()
            F.cross_entropy(features @ weights + bias, labels).backward()
            optimizer.step()
    return torch.cat([weights.detach().flatten(), bias.detach()])


def _bias_after_weights(
    features: Tensor, labels: Tensor, num_classes: int, rate: float, num_steps: int
) -> Tensor:
    """The bias (K,) after one step whose gradient is taken at the new W."""
    weights = _descend(features, labels, num_classes, rate, 1)[:12].view(3, 4)
    probs = (features @ weights).softmax(dim=1)
    return -rate * (probs - F.one_hot(labels, num_classes)).mean(dim=0)


def judge_first_loss(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the letters."""
    if set(observed) != set(FIRST_LOSSES):
        return wrong(f"Keep the three losses {', '.join(FIRST_LOSSES)}; set the letters.")
    for loss, letter in FIRST_LOSSES.items():
        if observed[loss] not in tuple("abcde"):
            return wrong(f"For {loss}, write one of the letters a to e.")
        if observed[loss] in TOO_EARLY:
            return known_error(ERRORS["first_loss"], TOO_EARLY[observed[loss]])
        if observed[loss] != letter:
            return known_error(ERRORS["first_loss"], f"misread-{loss}")
    return right("ln K is the yardstick: near it, far above it, and far below it say three things.")


def _close(value: float, truth: Tensor) -> bool:
    return torch.isclose(torch.tensor(value), truth.float(), rtol=1e-4, atol=1e-5).item()
