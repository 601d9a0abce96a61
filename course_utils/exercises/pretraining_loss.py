"""Checks of lesson 01: the loss, its mean over batches, its gradient, and its first value."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.feedback import (
    Feedback,
    call,
    call_for_number,
    right,
    unanswered,
    wrong,
)

# (batch means, batch sizes); the last batch of the first three is short, and once it is the first.
BATCHES = (
    ([1.0, 2.0, 9.0], [4, 4, 1]),
    ([0.5, 0.25], [10, 2]),
    ([3.0, 1.0, 2.0, 8.0], [64, 64, 64, 3]),
    ([6.0, 1.0, 2.0], [2, 8, 8]),
    ([2.5], [7]),
    ([1.0, 3.0], [5, 5]),
)
WRONG_LOSSES: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], str]] = {
    "softmax-twice": (
        lambda logits, labels: F.cross_entropy(logits.softmax(1), labels),
        "Softmax was taken twice. F.cross_entropy and log_softmax want logits, not probabilities.",
    ),
    "sum-for-mean": (
        lambda logits, labels: F.cross_entropy(logits, labels, reduction="sum"),
        "This grows with the number of examples. The mean is asked for.",
    ),
    "wrong-sign": (
        lambda logits, labels: -F.cross_entropy(logits, labels),
        "The size is right, the sign is not: the logarithm of a probability is never above 0.",
    ),
    "all-pairs": (
        lambda logits, labels: logits.logsumexp(1).mean() - logits[:, labels].mean(),
        "logits[:, labels] takes every label for every row. Pair row i with label i.",
    ),
    "wrong-axis": (
        lambda logits, labels: F.nll_loss(logits.log_softmax(0), labels),
        "The probabilities of each example must add up to 1. Which dimension holds the classes?",
    ),
}
WRONG_MEANS: dict[str, tuple[Callable[[Sequence[float], Sequence[int]], float], str]] = {
    "mean-of-batch-means": (
        lambda means, sizes: sum(means) / len(means),
        "Here a batch of 1 example counts as much as a batch of 64.",
    ),
    "divides-by-batches": (
        lambda means, sizes: sum(m * s for m, s in zip(means, sizes, strict=True)) / len(means),
        "The sum over examples is right. What did you divide it by?",
    ),
    "sum-of-means": (
        lambda means, sizes: sum(means) / sum(sizes),
        "You add up means. How does the mean of a batch become the sum of its losses again?",
    ),
    "assumes-full-batches": (
        lambda means, sizes: sum(means) * sizes[0] / sum(sizes),
        "This takes every batch to be as large as the first one.",
    ),
}
WRONG_GRADIENTS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], str]] = {
    "wrong-sign": (
        lambda probs, one_hot: (one_hot - probs) / len(probs),
        "This points downhill. The gradient points uphill, and descent takes the minus.",
    ),
    "not-divided": (
        lambda probs, one_hot: probs - one_hot,
        "This is the gradient of the sum of the losses. The gradient of their mean is asked for.",
    ),
    "divided-by-all-entries": (
        lambda probs, one_hot: (probs - one_hot) / probs.numel(),
        "Divided by examples times classes. The mean is over examples only.",
    ),
    "divided-by-classes": (
        lambda probs, one_hot: (probs - one_hot) / probs.shape[1],
        "Something is divided by the number of classes. Over what is the mean taken?",
    ),
}
REASONS = {
    "2.30": ("a", "-ln p = 2.30 gives p = 0.10. How many classes are there?"),
    "0.0": ("c", "A loss of 0 means probability 1 for every label, before anything was learned."),
    "7.9": ("b", "exp(-7.9) is about 0.0004: the labels get far less than an even share."),
}
TOO_EARLY = {
    "d": ("No update has happened yet, so no rate was used.", "learning-rate-before-a-step"),
    "e": ("An untrained model knows no label, shuffled or not.", "shuffled-labels-seen-at-once"),
}


def check_cross_entropy(function: Callable[[Tensor, Tensor], Any]) -> Feedback:
    """Check ``function(logits, labels)`` against torch's mean cross-entropy, also for overflow."""
    generator = torch.Generator().manual_seed(0)
    for size, num_classes in ((6, 4), (5, 3), (1, 7)):
        logits = 2 * torch.randn(size, num_classes, generator=generator)
        labels = torch.randint(num_classes, (size,), generator=generator)
        value = call_for_number(function, logits, labels)
        if isinstance(value, Feedback):
            return value
        if not _close(value, F.cross_entropy(logits, labels)):
            return _name_wrong_loss(value, logits, labels)
    return _check_large_logits(function)


def _name_wrong_loss(value: float, logits: Tensor, labels: Tensor) -> Feedback:
    for name, (mistake, message) in WRONG_LOSSES.items():
        if _close(value, mistake(logits, labels)):
            return wrong(message, name)
    truth = F.cross_entropy(logits, labels).item()
    return wrong(
        f"On logits of shape {tuple(logits.shape)} your function gives {value:.3f}, the mean loss "
        f"is {truth:.3f}. Compare with section 1, step by step."
    )


def _check_large_logits(function: Callable[[Tensor, Tensor], Any]) -> Feedback:
    logits = torch.tensor([[1000.0, 0.0, -1000.0], [300.0, 300.0, 0.0], [0.0, 500.0, 0.0]])
    for labels in (torch.tensor([0, 1, 1]), torch.tensor([1, 0, 2])):
        value = call_for_number(function, logits, labels)
        if isinstance(value, Feedback):
            return value
        if not torch.isfinite(torch.tensor(value)):
            message = f"Right for small logits, but a logit of 1000 gives {value}. See section 2."
            return wrong(message, "overflow")
        if not _close(value, F.cross_entropy(logits, labels)):
            message = (
                "Finite for large logits, but wrong: what was added or cut hides the overflow."
            )
            return wrong(message, "hides-the-overflow")
    return right("Equal to F.cross_entropy, and logits of 1000 do no harm.")


def check_mean_loss(function: Callable[[list[float], list[int]], Any]) -> Feedback:
    """Check ``function(batch_means, batch_sizes)``: the mean over all examples."""
    for means, sizes in BATCHES:
        value = call_for_number(function, list(means), list(sizes))
        if isinstance(value, Feedback):
            return value
        losses = torch.tensor(means).repeat_interleave(torch.tensor(sizes))  # one per example
        if _close(value, losses.mean()):
            continue
        for name, (mistake, message) in WRONG_MEANS.items():
            if _close(value, torch.tensor(mistake(means, sizes))):
                return wrong(message, name)
        return wrong(
            f"For means {means} of batches of {sizes} examples your function gives {value:.3f}. "
            "Write down the loss of every single example, then take the mean."
        )
    return right("Every example counts the same, in whatever batch it came.")


def check_loss_gradient(function: Callable[[Tensor, Tensor], Any]) -> Feedback:
    """Check ``function(logits, labels)`` against autograd's gradient of the mean loss."""
    generator = torch.Generator().manual_seed(0)
    for size, num_classes in ((5, 3), (2, 6), (1, 2)):
        logits = torch.randn(size, num_classes, generator=generator)
        labels = torch.randint(num_classes, (size,), generator=generator)
        gradient = call(function, logits.clone(), labels)
        if isinstance(gradient, Feedback):
            return gradient
        if not isinstance(gradient, Tensor) or gradient.shape != logits.shape:
            return wrong(f"The gradient needs a tensor of the logits' shape, {size, num_classes}.")
        watched = logits.clone().requires_grad_()
        F.cross_entropy(watched, labels).backward()
        if not torch.allclose(gradient.to(logits.dtype), watched.grad, atol=1e-5):
            return _name_wrong_gradient(gradient, logits, labels)
    return right("Equal to what autograd finds.")


def _name_wrong_gradient(gradient: Tensor, logits: Tensor, labels: Tensor) -> Feedback:
    gradient = gradient.to(logits.dtype)
    probs, one_hot = logits.softmax(1), F.one_hot(labels, logits.shape[1])
    if torch.allclose(gradient, one_hot - probs, atol=1e-5):
        return unanswered("This is the function as it was given; two things in it are wrong.")
    for name, (mistake, message) in WRONG_GRADIENTS.items():
        if torch.allclose(gradient, mistake(probs, one_hot), atol=1e-5):
            return wrong(message, name)
    return wrong("This differs from autograd's gradient. Compare sign, size and the sum of a row.")


def check_first_loss(answers: Mapping[str, Any]) -> Feedback:
    """Check the letters chosen for the three first losses of a model with ten classes."""
    if set(answers) != set(REASONS):
        return wrong(f"Keep the three losses {', '.join(REASONS)} as they are; set the letters.")
    if any(answer is ... or answer is None for answer in answers.values()):
        return unanswered("Replace each ... by a letter in quotation marks, such as 'a'.")
    for loss, (letter, reason) in REASONS.items():
        answer = str(answers[loss]).strip().lower()
        if answer in TOO_EARLY:
            return wrong(*TOO_EARLY[answer])
        if answer != letter:
            return wrong(f"Look again at {loss}. {reason}", f"misread-{loss}")
    return right("ln K is the yardstick: near it, far above it, and far below it say three things.")


def _close(value: float, truth: Tensor) -> bool:
    return torch.isclose(torch.tensor(value), truth.float(), rtol=1e-4, atol=1e-5).item()
