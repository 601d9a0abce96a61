"""Whether probabilities are borne out: the bins of a reliability curve, and what lies apart."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

Score = Callable[[Tensor, Tensor], float]  # of logits (N, K) and labels (N,)
TEMPERATURES = np.geomspace(0.05, 20, 241).round(4)


@dataclass(frozen=True)
class Change:
    """A score before and after, and the 95 % interval of after minus before."""

    before: float
    after: float
    low: float
    high: float

    def __str__(self) -> str:
        change = self.after - self.before
        return (
            f"{self.before:.3f} to {self.after:.3f}, "
            f"change {change:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"
        )


def reliability(logits: Tensor, labels: Tensor, num_bins: int = 10) -> np.ndarray:
    """Answers sorted by their probability into bins of equal width.

    Args:
        logits: (N, K).
        labels: (N,).
        num_bins: From probability 0 to 1; empty ones are left out.

    Returns:
        (bins, 3): number of answers, mean probability, and share of right answers.
    """
    probs, answers = logits.softmax(dim=1).max(dim=1)
    right = (answers == labels).float()
    place = (num_bins * probs).long().clamp(max=num_bins - 1)
    rows = []
    for b in place.unique():
        said, came = probs[place == b], right[place == b]
        rows.append([len(said), said.mean().item(), came.mean().item()])
    return np.array(rows)


def calibration_error(logits: Tensor, labels: Tensor) -> float:
    """Expected calibration error: how far the share of right answers lies from their probability.

    Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017),
        equation 3.
    """
    n, p, a = reliability(logits, labels).T
    return (n * abs(a - p)).sum() / n.sum()


def measure_change(
    score: Score, before: Tensor, after: Tensor, labels: Tensor, seed: int = 0, draws: int = 200
) -> Change:
    """How ``score`` changes from some logits to others of the same examples.

    The interval comes from drawing the examples again and again, with repetition.

    Args:
        score: What changes.
        before: Logits (N, K).
        after: Others of the same examples.
        labels: (N,).
        seed: Of the draws.
        draws: How many.
    """
    generator = torch.Generator().manual_seed(seed)
    changes = []
    for _ in range(draws):
        drawn = torch.randint(len(labels), (len(labels),), generator=generator)
        changes.append(score(after[drawn], labels[drawn]) - score(before[drawn], labels[drawn]))
    low, high = np.quantile(changes, [0.025, 0.975])
    return Change(score(before, labels), score(after, labels), float(low), float(high))


def mean_loss(logits: Tensor, labels: Tensor) -> float:
    """Cross-entropy in nats per example."""
    return F.cross_entropy(logits, labels).item()


def error_by_chance(logits: Tensor, seed: int = 0, num_draws: int = 100) -> float:
    """Mean calibration error if each answer were right with just the probability that it has.

    A score of finitely many answers is never 0: this much of it is chance.
    """
    probs = logits.softmax(dim=1)
    answers = probs.argmax(dim=1)
    another = (answers + 1) % logits.shape[1]
    generator = torch.Generator().manual_seed(seed)
    errors = []
    for _ in range(num_draws):
        is_right = torch.rand(len(probs), generator=generator) < probs.max(dim=1).values
        errors.append(calibration_error(logits, torch.where(is_right, answers, another)))
    return float(np.mean(errors))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature that makes the loss of ``logits`` (N, K) least, from ``TEMPERATURES``.

    Honest only for examples that the model did not learn from.
    """
    losses = [mean_loss(logits / temperature, labels) for temperature in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])
