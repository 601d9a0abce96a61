"""Answer of ``cross_entropy``: the mean loss, also of large logits, and not by the library."""

import math

import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.pretraining_loss.exercises import observe_cross_entropy, small_logits


def of_log_probs(log_probs: Tensor, labels: Tensor) -> Tensor:
    """The mean of minus the logarithm of each label's probability."""
    return F.nll_loss(log_probs, labels)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean loss."""
    return of_log_probs(logits.log_softmax(dim=1), labels)


def spoilt_by_large_logits(difference: Difference) -> str | None:
    """Whether losses of small logits are right, and what became of large ones."""
    if difference.part != "large":
        return None
    return "hides-the-overflow" if math.isfinite(difference.found) else "overflow"


ANSWER = Table(
    observe_cross_entropy,
    right=cross_entropy,
    praise="Equal to F.cross_entropy, and logits of 1000 do no harm.",
    wrong={
        "softmax-twice": lambda logits, labels: cross_entropy(logits.softmax(dim=1), labels),
        "sum-for-mean": lambda logits, labels: len(labels) * cross_entropy(logits, labels),
        "wrong-sign": lambda logits, labels: -cross_entropy(logits, labels),
        "all-pairs": lambda logits, labels: -logits.log_softmax(dim=1)[:, labels].mean(),
        "wrong-axis": lambda logits, labels: of_log_probs(logits.log_softmax(dim=0), labels),
        "mean-over-all-entries": lambda logits, labels: (
            cross_entropy(logits, labels) / logits.shape[1]
        ),
        "in-bits": lambda logits, labels: cross_entropy(logits, labels) / math.log(2),
        "shift-not-undone": lambda logits, labels: (
            cross_entropy(logits, labels) - logits.max(dim=1).values.mean()
        ),
        "library-call": F.cross_entropy,
    },
    messages={
        "softmax-twice": "Softmax was taken twice. F.cross_entropy and log_softmax want logits, "
        "not probabilities.",
        "sum-for-mean": "This grows with the number of examples. The mean is asked for.",
        "wrong-sign": "The size is right, the sign is not: the logarithm of a probability is "
        "never above 0.",
        "all-pairs": "logits[:, labels] takes every label for every row. Pair row i with label i.",
        "wrong-axis": "The probabilities of each example must add up to 1. Which dimension holds "
        "the classes?",
        "mean-over-all-entries": "This is divided by examples times classes. The mean is over "
        "examples only.",
        "in-bits": "This is in bits, from the logarithm to base 2. Nats come from the natural one.",
        "shift-not-undone": "The largest logit is taken off, but not given back: section 2 adds m "
        "again.",
        "library-call": "The number is right, but here it is to be written by hand, from the "
        "formula.",
        "overflow": "Right for small logits, but a logit of 1000 gives no finite number. See "
        "section 2.",
        "hides-the-overflow": "Finite for large logits, but wrong: what was added or cut hides "
        "the overflow.",
    },
    also=spoilt_by_large_logits,
    otherwise="On {case[0].shape[0]} rows of {case[0].shape[1]} logits your function gives "
    "{found:.3f}, the mean loss is {truth:.3f}. Compare with section 1, step by step.",
    cases=small_logits,
)
