"""Scores that the answers of lesson 02 are held against: the right one, and known wrong ones."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.feedback import Feedback, known_error, wrong
from course_utils.lessons.pretraining.answers.errors import ERRORS
from course_utils.lessons.pretraining.answers.loops import LossOf, loss_of_probs, same
from course_utils.lessons.pretraining.trials import SCORINGS, four_classes, used_network

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


def judge_losses(losses: list[float], seed: int) -> Feedback | None:
    """What to say of the loss of each scoring; None if all are right."""
    errors = ERRORS["evaluate"]
    for name, make in MEANS.items():
        if same(losses, made(make, 0, seed)):
            return known_error(errors, name) if name else None
    if same(losses, made(sum_of_means, 0, seed)):
        return known_error(errors, "sum-for-mean")
    if any(same(losses, made(make, 0, seed, loss_of_probs)) for make in MEANS.values()):
        return known_error(errors, "softmax-twice")
    return wrong("The loss is not the mean over all pictures, each with its label, in eval mode.")


def judge_accuracies(accuracies: list[float], seed: int) -> Feedback | None:
    """What to say of the accuracy of each scoring; None if all are right."""
    for name, make in MEANS.items():
        if same(accuracies, made(make, 1, seed)):
            return known_error(ERRORS["evaluate"], name) if name else None
    if same(accuracies, [100 * share for share in made(MEANS[""], 1, seed)]):
        return known_error(ERRORS["evaluate"], "per-cent")
    return wrong("The loss is right; the accuracy is not the share of right answers.")
