"""How good one model is: loss, accuracy, and how far such numbers can be trusted."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.inference import eval_mode

SHARES = (0.0, 1.0)  # between which accuracies lie


def evaluate(model: nn.Module, loader: Iterable[tuple[Tensor, Tensor]]) -> tuple[float, float]:
    """Mean loss in nats per example and accuracy from 0 to 1; every example counts the same.

    Args:
        model: Turns images (B, ...) into logits (B, K). It is evaluated in eval mode, and each of
            its parts gets its own training flag back.
        loader: Batches of images and labels (B,), int64, on the model's device.

    Returns:
        Loss and accuracy.

    Raises:
        ValueError: If the loader gives no examples.
    """
    loss_sum, num_correct, num_examples = 0.0, 0, 0
    with eval_mode(model), torch.inference_mode():
        for images, labels in loader:  # (B, C, H, W), (B,)
            logits = model(images)  # (B, K)
            loss_sum += F.cross_entropy(logits, labels, reduction="sum").item()
            num_correct += (logits.argmax(dim=1) == labels).sum().item()
            num_examples += len(labels)
    if num_examples == 0:
        raise ValueError("the loader gave no examples: is the split empty, or the loader used up?")
    return loss_sum / num_examples, num_correct / num_examples


def wilson_interval(
    num_correct: int, num_examples: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval from 0 to 1 for the accuracy on all examples of this kind, by Wilson's method.

    It covers the chance in which examples were drawn, not the chance in training: another seed
    gives another model.

    Args:
        num_correct: Examples answered correctly, from 0 to ``num_examples``.
        num_examples: Independent examples, at least 1, that played no part in training or choice.
        confidence: Share of such intervals that hold the true accuracy, strictly between 0 and 1.

    Returns:
        Lower and upper end.

    Raises:
        ValueError: If a count or the confidence is out of range.

    Source: Newcombe, "Two-sided confidence intervals for the single proportion" (1998), Statistics
        in Medicine 17, method 3.
    """
    from scipy.stats import binomtest  # here, because it takes half a second to import

    check_confidence(confidence)
    is_whole = num_correct == int(num_correct) and num_examples == int(num_examples)
    if not is_whole or num_examples < 1 or not 0 <= num_correct <= num_examples:
        raise ValueError(
            "num_correct and num_examples must be counts with 0 <= num_correct <= num_examples "
            f"and at least 1 example, got {num_correct} of {num_examples}"
        )
    test = binomtest(int(num_correct), int(num_examples))
    interval = test.proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def seed_interval(
    scores: Sequence[float],
    confidence: float = 0.95,
    *,
    within: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float, float, float]:
    """Mean score over repeats and its t interval.

    It covers what differs between the repeats: the seed, and with it the first weights, the order
    of the batches and, where each repeat draws its own, the training examples. It does not cover
    the choice of test examples when all repeats are scored on the same ones.

    Args:
        scores: At least 2, each from an independent repeat of the whole training.
        confidence: Share of such intervals that hold the true mean, strictly between 0 and 1.
        within: What no true mean can pass: give ``SHARES`` for accuracies, and what lies beyond is
            cut off. The t interval of two repeats is so wide that it often does.

    Returns:
        Mean, lower and upper end, in the unit of the scores.

    Raises:
        ValueError: If there are fewer than 2 scores, one is not finite, or the confidence is out
            of range.
    """
    from scipy.stats import t as student_t  # here, because it takes half a second to import

    check_confidence(confidence)
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(
            f"an interval over seeds needs a list of at least 2 finite scores, got {scores!r}; "
            "repeat the training with more seeds"
        )
    mean = values.mean()
    standard_error = values.std(ddof=1) / np.sqrt(len(values))
    half = student_t.ppf((1 + confidence) / 2, df=len(values) - 1) * standard_error
    low, high = max(mean - half, within[0]), min(mean + half, within[1])
    return float(mean), float(low), float(high)


def accuracy_text(num_correct: int, num_examples: int) -> str:
    """An accuracy with its 95 % interval and n, such as ``0.930 [0.907, 0.948], n = 600``."""
    low, high = wilson_interval(num_correct, num_examples)
    return f"{num_correct / num_examples:.3f} [{low:.3f}, {high:.3f}], n = {num_examples:,}"


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is not strictly between 0 and 1, such as 95."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be strictly between 0 and 1, got {confidence}")
