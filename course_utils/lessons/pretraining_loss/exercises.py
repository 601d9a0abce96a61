"""Exercises of lesson 01: the loss, its mean over batches, its gradient, its first value."""

import copy
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, call
from course_utils.exercises.plain_data import as_numbers
from course_utils.exercises.reading import answers_to, as_lists, choices


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
    size = 1000.0 + seed % 100
    logits = torch.tensor([[size, 0.0, -size], [300.0, 300.0, 0.0], [0.0, size / 2, 0.0]])
    return [(logits, torch.tensor(labels)) for labels in ([0, 1, 1], [1, 0, 2])]


def ragged_batches(seed: int) -> list[tuple[list[float], list[int]]]:
    """Mean loss and number of examples of each batch; often one batch is short."""
    generator = torch.Generator().manual_seed(seed)
    sizes = ([4, 4, 1], [10, 2], [64, 64, 64, 3], [2, 8, 8], [7], [5, 5])
    return [(torch.rand(len(s), generator=generator).mul(9).add(0.1).tolist(), s) for s in sizes]


def descents(seed: int) -> dict[str, tuple[Tensor, Tensor, int, float, int]]:
    """Features (40, 3), labels (40,), number of classes, learning rate and steps of each run.

    The labels are of three uneven classes, of four that there could be.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(40) % 5 // 2
    features = torch.randn(40, 3, generator=generator) + labels[:, None]
    other_rate = 0.05 + 0.1 * torch.rand((), generator=generator).item()
    runs = {
        "one_step": (0.5, 1),
        "two_steps": (0.5, 2),
        "many_steps": (0.5, 30),
        "no_step": (0.5, 0),
        "another_rate": (other_rate, 30),
    }
    return {name: (features, labels, 4, *run) for name, run in runs.items()}


class _CallsOfCrossEntropy(TorchFunctionMode):
    """Counts calls of ``F.cross_entropy``, which the exercise is to do without."""

    count = 0

    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        self.count += function is F.cross_entropy
        return function(*args, **(kwargs or {}))


def observe_cross_entropy(
    function: Callable[[Tensor, Tensor], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """``function(logits, labels)``: losses of small and of large logits."""
    small, large = small_logits(seed), large_logits(seed)
    with _CallsOfCrossEntropy() as calls:
        found = answers_to(function, small + large, as_one_number)
    if isinstance(found, Feedback):
        return found
    losses = found["answers"]
    return {
        "small": losses[: len(small)],
        "large": losses[len(small) :],
        "by_library": calls.count > 0,
    }


check_cross_entropy = Check(
    observe_cross_entropy,
    "The last formula of section 2 needs no probabilities.",
    "torch.logsumexp is safe for large logits; which dimension holds the classes?",
    "logits[rows, labels] with rows = torch.arange(B) pairs each row with its own label.",
)


def observe_mean_loss(
    function: Callable[[list[float], list[int]], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """``function(batch_means, batch_sizes)``: the mean over all examples for each case."""
    return answers_to(function, ragged_batches(seed), as_one_number)


check_mean_loss = Check(
    observe_mean_loss,
    "Every example is to count the same. How many examples does each batch mean stand for?",
    "What must a batch mean be multiplied with to become the sum of its losses again?",
    "Add up these sums over all batches, and divide once, by the number of all examples.",
)


def observe_loss_gradient(
    function: Callable[[Tensor, Tensor], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """``function(logits, labels)``: gradients with respect to small logits."""
    return answers_to(function, small_logits(seed), as_lists)


check_loss_gradient = Check(
    observe_loss_gradient,
    "Two symptoms, two bugs. Climbing: look at the sign.",
    "Blowing up with large batches: is this the gradient of the sum or of the mean?",
    "The mean over B examples is the sum divided by B, and so is its gradient.",
)


def observe_descend(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """W and b, flat, after each run of ``descents``; None where nothing came back.

    Where it stops only if there is no step to take, the error takes their place.

    Of ``function(features, labels, num_classes, learning_rate, num_steps)``.
    """
    ends: dict[str, Any] = {"by_autograd": False}
    for name, run in descents(seed).items():
        with torch.no_grad():  # by hand: autograd would do the exercise
            end = call(_weights_and_bias, function, *copy.deepcopy(run))
        if isinstance(end, Feedback) and "does not require grad" in end.message:
            return {"by_autograd": True}
        if isinstance(end, Feedback):
            without_a_step = name == "no_step" and end.misconception == "error"
            if not (end.status == "unanswered" or without_a_step) or len(ends) == 1:
                return end
            end = end.message if without_a_step else None
        ends[name] = end
    return ends


def _weights_and_bias(function: Callable[..., Any], *run: Any) -> list[float] | None:
    """The numbers of W (3, 4) and then of b (4,).

    Raises:
        ValueError: If they come in other shapes; it says which are wanted.
    """
    result = function(*run)
    if result is None or result is ...:
        return result
    if not isinstance(result, list | tuple) or len(result) != 2:
        raise ValueError("return two tensors, W and b")
    parts = [as_numbers(part) for part in result]
    shapes = [tuple(part.shape) for part in parts]
    if shapes != [(3, 4), (4,)]:
        wanted = "W must have the shape (D, K), here (3, 4), and b (K,), here (4,)"
        raise ValueError(f"{wanted}; yours have {shapes[0]} and {shapes[1]}")
    return torch.cat([part.flatten() for part in parts]).tolist()


check_descend = Check(
    observe_descend,
    "One step: logits from W and b, probabilities, the gradient of exercise 3 for the logits.",
    "By the chain rule the gradient for W is features.T @ G, where G (N, K) is that for the "
    "logits; that for b adds up the rows of G.",
    "Compute both gradients before you change either W or b, and go down: minus.",
)


def observe_first_loss(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The letters chosen for the three losses."""
    return choices(answers, ("2.30", "0.0", "7.9"), "abcde")


check_first_loss = Check(
    observe_first_loss,
    "Turn each loss back into the probability of the label, exp(-loss).",
    "Compare that probability with an even share among ten classes: far above, equal, below?",
    "Before the first update, neither the rate nor the labels have changed any weight.",
)
