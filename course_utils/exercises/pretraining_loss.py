"""Exercises of lesson 01: the loss, its mean over batches, its gradient, its first value."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.checking import VISIBLE_SEED, Observed, judge
from course_utils.exercises.feedback import (
    Feedback,
    call_for_number,
    call_for_tensor,
    unanswered,
    wrong,
)

HINTS = {
    "mean_loss": (
        "Every example is to count the same. How many examples does each batch mean stand for?",
        "What must a batch mean be multiplied with to become the sum of its losses again?",
        "Add up these sums over all batches, and divide once, by the number of all examples.",
    ),
    "first_loss": (
        "Turn each loss back into the probability of the label, exp(-loss).",
        "Compare that probability with an even share among ten classes: far above, equal, below?",
        "Before the first update, neither the rate nor the labels have changed any weight.",
    ),
    "loss_gradient": (
        "Two symptoms, two bugs. Climbing: look at the sign.",
        "Blowing up with large batches: is this the gradient of the sum or of the mean?",
        "The mean over B examples is the sum divided by B, and so is its gradient.",
    ),
    "cross_entropy": (
        "The last formula of section 2 needs no probabilities.",
        "torch.logsumexp is safe for large logits; which dimension holds the classes?",
        "logits[rows, labels] with rows = torch.arange(B) pairs each row with its own label.",
    ),
    "descend": (
        "One step: logits from W and b, probabilities, the gradient of exercise 3 for the logits.",
        "By the chain rule the gradient for W is features.T @ G, where G (B, K) is that for the "
        "logits; that for b adds up the rows of G.",
        "Compute both gradients before you change either W or b, and go down: minus.",
    ),
}


def small_logits(seed: int) -> list[tuple[Tensor, Tensor]]:
    """Three batches of logits (B, K) and labels (B,)."""
    generator = torch.Generator().manual_seed(seed)
    return [
        (
            2 * torch.randn(size, num_classes, generator=generator),
            torch.randint(num_classes, (size,), generator=generator),
        )
        for size, num_classes in ((6, 4), (5, 3), (1, 7))
    ]


def large_logits(seed: int) -> list[tuple[Tensor, Tensor]]:
    """Two batches with logits whose exponentials overflow or vanish."""
    size = 1000.0 + 10 * seed
    logits = torch.tensor([[size, 0.0, -size], [300.0, 300.0, 0.0], [0.0, size / 2, 0.0]])
    return [(logits, torch.tensor(labels)) for labels in ([0, 1, 1], [1, 0, 2])]


def ragged_batches(seed: int) -> list[tuple[list[float], list[int]]]:
    """Mean loss and number of examples of each batch; often one batch is short."""
    generator = torch.Generator().manual_seed(seed)
    sizes = ([4, 4, 1], [10, 2], [64, 64, 64, 3], [2, 8, 8], [7], [5, 5])
    return [(torch.rand(len(s), generator=generator).mul(9).add(0.1).tolist(), s) for s in sizes]


def two_clouds(seed: int) -> tuple[Tensor, Tensor]:
    """Features (40, 3) around one centre per class, and labels (40,) of two uneven classes."""
    generator = torch.Generator().manual_seed(seed)
    labels = (torch.arange(40) % 3 == 0).long()
    features = torch.randn(40, 3, generator=generator) + labels[:, None] * 1.5
    return features, labels


def observe_cross_entropy(
    function: Callable[[Tensor, Tensor], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """Losses of small and of large logits."""
    losses = []
    for logits, labels in small_logits(seed) + large_logits(seed):
        loss = call_for_number(function, logits.clone(), labels.clone())
        if isinstance(loss, Feedback):
            return loss
        losses.append(loss)
    return {"losses": losses}


def observe_mean_loss(
    function: Callable[[list[float], list[int]], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """The mean over all examples for each case."""
    means = []
    for batch_means, batch_sizes in ragged_batches(seed):
        mean = call_for_number(function, list(batch_means), list(batch_sizes))
        if isinstance(mean, Feedback):
            return mean
        means.append(mean)
    return {"means": means}


def observe_loss_gradient(
    function: Callable[[Tensor, Tensor], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """Gradients with respect to small logits."""
    gradients = []
    for logits, labels in small_logits(seed):
        gradient = call_for_tensor(function, logits.clone(), labels.clone())
        if isinstance(gradient, Feedback):
            return gradient
        gradients.append(gradient)
    return {"gradients": gradients}


def observe_descend(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Weights and bias after 0, 1, 2 and 30 steps."""
    features, labels = two_clouds(seed)
    ends = []
    for num_steps in (0, 1, 2, 30):
        end = _weights_and_bias(function, features.clone(), labels.clone(), num_steps)
        if isinstance(end, Feedback):
            return end
        ends.append(end)
    return {"ends": ends}


def _weights_and_bias(
    function: Callable[..., Any], features: Tensor, labels: Tensor, num_steps: int
) -> list[list] | Feedback:
    shapes = []

    def shaped(*arguments: Any) -> Tensor:
        result = function(*arguments)
        if result is None or result is ...:
            return result
        if not isinstance(result, Sequence) or len(result) != 2:
            raise ValueError("return two tensors, W and b")
        shapes[:] = [tuple(torch.as_tensor(part).shape) for part in result]
        return torch.cat([torch.as_tensor(part).detach().flatten() for part in result])

    numbers = call_for_tensor(shaped, features, labels, 2, 0.5, num_steps)
    if isinstance(numbers, Feedback):
        return numbers
    if shapes != [(3, 2), (2,)]:
        return wrong(
            f"W must have the shape (D, K), here (3, 2), and b (K,), here (2,); yours have "
            f"{shapes[0]} and {shapes[1]}.",
            "wrong-shapes",
        )
    return numbers


def observe_first_loss(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The letters chosen, in lower case."""
    if not isinstance(answers, dict) or any(a is None or a is ... for a in answers.values()):
        return unanswered("Replace each ... by a letter in quotation marks, such as 'a'.")
    return {str(loss): str(answer).strip().lower() for loss, answer in answers.items()}


def check_cross_entropy(
    function: Callable[[Tensor, Tensor], Any], seed: int = VISIBLE_SEED
) -> Feedback:
    """Check ``function(logits, labels)``: the mean loss, also of large logits."""
    observed = observe_cross_entropy(function, seed)
    return judge("pretraining_loss", "cross_entropy", observed, seed)


def check_mean_loss(
    function: Callable[[list[float], list[int]], Any], seed: int = VISIBLE_SEED
) -> Feedback:
    """Check ``function(batch_means, batch_sizes)``: the mean over all examples."""
    return judge("pretraining_loss", "mean_loss", observe_mean_loss(function, seed), seed)


def check_loss_gradient(
    function: Callable[[Tensor, Tensor], Any], seed: int = VISIBLE_SEED
) -> Feedback:
    """Check ``function(logits, labels)``: the gradient of the mean loss."""
    observed = observe_loss_gradient(function, seed)
    return judge("pretraining_loss", "loss_gradient", observed, seed)


def check_descend(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Feedback:
    """Check ``function(features, labels, num_classes, learning_rate, num_steps)``."""
    return judge("pretraining_loss", "descend", observe_descend(function, seed), seed)


def check_first_loss(answers: Any, seed: int = VISIBLE_SEED) -> Feedback:
    """Check the letters chosen for the three first losses of a model with ten classes."""
    return judge("pretraining_loss", "first_loss", observe_first_loss(answers, seed), seed)
