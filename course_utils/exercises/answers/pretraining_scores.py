"""Scores that the answers of lesson 02 are held against: the right one, and known wrong ones."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.answers.pretraining_loops import LossOf
from course_utils.exercises.training_trials import SCORINGS, four_classes, used_network

# From one value (N,) per picture, in batches: what is made of them.
Made = Callable[[Sequence[Tensor]], Tensor]
MEANS: dict[str, Made] = {
    "": lambda batches: torch.cat(list(batches)).mean(),
    "mean-of-batch-means": lambda batches: torch.stack([b.mean() for b in batches]).mean(),
    "forgets-the-sizes": lambda batches: (
        sum(b.mean() for b in batches) / sum(len(b) for b in batches)
    ),
    "sum-for-mean": lambda batches: torch.cat(list(batches)).sum(),
    "drops-the-last-batch": lambda batches: torch.cat(list(batches[:-1])).mean(),
}


def sum_of_means(batches: Sequence[Tensor]) -> Tensor:
    """Means of batches, added up."""
    return torch.stack([batch.mean() for batch in batches]).sum()


def made(make: Made, which: int, seed: int, loss_of: LossOf = F.cross_entropy) -> list[float]:
    """What ``make`` makes of the losses (``which`` 0) or right answers (1) of each scoring."""
    found = []
    for count, batch_size, _ in SCORINGS:
        values = score_each(count, seed, loss_of)[which]
        found.append(float(make(values.split(batch_size))))
    return found


def score_each(count: int, seed: int, loss_of: LossOf) -> tuple[Tensor, Tensor]:
    """Loss (N,) of each picture in eval mode, and whether its answer is right, as 0.0 or 1.0."""
    images, labels = four_classes(seed, count)
    with torch.no_grad():
        logits = used_network(seed).eval()(images)
    pairs = zip(logits.split(1), labels.split(1), strict=True)
    losses = torch.stack([loss_of(logit, label) for logit, label in pairs])
    return losses, (logits.argmax(dim=1) == labels).float()
