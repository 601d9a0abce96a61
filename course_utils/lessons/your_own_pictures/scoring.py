"""The score that chooses, and answers of several rounds put together."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course_utils.data.class_mix import class_weights
from course_utils.data.examples import LabelledImages
from course_utils.evaluation.guessing import balanced_accuracy
from course_utils.evaluation.scores import wilson_interval
from course_utils.lessons.your_own_pictures.rounds import Rounds


def score_of(
    hits: np.ndarray, examples: LabelledImages, *, balanced: bool
) -> tuple[float, float, float]:
    """Accuracy, or that with all classes counting the same, and the ends of its 95 % interval.

    Args:
        hits: (N,) bool, whether each example is answered rightly.
        examples: The N examples.
        balanced: Whether classes count the same.
    """
    if balanced:
        return balanced_accuracy(hits, examples)
    return float(hits.mean()), *wilson_interval(int(hits.sum()), len(hits))


def weights_of(examples: LabelledImages, *, balanced: bool) -> Tensor | None:
    """How much each example counts (N,) in the score; None where all count the same."""
    return class_weights(examples) if balanced else None


def put_together(rounds: Rounds, parts: Sequence[Tensor]) -> Tensor:
    """Logits (epochs, judged, K) in the order of ``rounds.judged``, from those of each round."""
    held = torch.cat([places for _, places in rounds])
    return torch.cat(list(parts), dim=1)[:, held.argsort()]


def best_epoch(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> int:
    """The place, from 0, of the epoch with the highest score; of equal ones that of least loss.

    Args:
        logits: (epochs, N, K).
        labels: (N,).
        weights: (N,), as of ``weights_of``; None for all the same.
    """
    counts = torch.ones(len(labels)) if weights is None else weights
    scores = [((table.argmax(dim=1) == labels) * counts).sum().item() for table in logits]
    losses = [torch.nn.functional.cross_entropy(table, labels).item() for table in logits]
    return max(range(len(logits)), key=lambda place: (round(scores[place], 6), -losses[place]))
