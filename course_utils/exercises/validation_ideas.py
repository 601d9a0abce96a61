"""Cases and known wrong ideas for the checks of lesson 05."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from course_utils.comparison import compare_models

Ideas = Mapping[str, tuple[Callable[..., Any], str]]  # name: what it answers, what to tell it

# Training losses, validation losses, patience.
LOSSES = (
    ([9.0, 8, 7, 6, 5, 4], [5.0, 4, 3, 4, 5, 6], 2),
    ([9.0, 8, 7, 6, 5, 4], [5.0, 3, 4, 2, 4, 5], 2),  # a rise that patience outlives
    ([9.0, 8, 7, 6, 5, 4, 3], [5.0, 3, 4, 4, 4, 4, 1], 2),  # the lowest loss comes after the stop
    ([9.0, 8, 7, 6, 5], [5.0, 3, 3, 4, 5], 3),  # a tie
    ([9.0, 8, 7, 6, 5], [5.0, 3, 4, 2, 6], 1),
    ([9.0, 8, 7, 6], [5.0, 4, 3, 2], 3),  # never stopped
    ([9.0], [5.0], 2),
    ([9.0, 8, 7, 6, 5, 4], [5.0, 4, 4, 4, 3, 9], 2),  # ties do not start the count again
    ([9.0, 8, 7, 6, 5, 4], [5.0, 3, 6, 5, 4, 2], 2),  # falls that are no new lowest
)


def _falls_followed(losses: Sequence[float], patience: int) -> int:
    """The epoch kept by someone who compares each loss with the one before."""
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            kept = epoch
        if epoch - kept == patience:
            break
    return kept + 1


def epoch_kept(
    losses: Sequence[float], patience: int, *, ties: bool = False, keep_last: bool = False
) -> int:
    """Number, from 1, of the epoch kept; the options are known slips."""
    best, waited, epoch = 0, 0, 0
    for epoch in range(1, len(losses)):
        improved = losses[epoch] < losses[best] or (ties and losses[epoch] == losses[best])
        best, waited = (epoch, 0) if improved else (best, waited + 1)
        if waited == patience:
            break
    return (epoch if keep_last else best) + 1


STOP_IDEAS: Ideas = {
    "training-loss": (
        lambda train, val, patience: epoch_kept(train, patience),
        "This follows the training loss, which falls even while examples are learnt by heart.",
    ),
    "counts-from-0": (
        lambda train, val, patience: epoch_kept(val, patience) - 1,
        "Each answer is one too small: the first epoch has number 1.",
    ),
    "last-epoch": (
        lambda train, val, patience: epoch_kept(val, patience, keep_last=True),
        "This is the epoch at which training ended. The weights worth keeping may be older.",
    ),
    "looks-ahead": (
        lambda train, val, patience: val.index(min(val)) + 1,
        "This looks at epochs that were never trained: patience had run out before them.",
    ),
    "first-rise": (
        lambda train, val, patience: epoch_kept(val, 1),
        "This gives up after one epoch without a new lowest loss, whatever the patience.",
    ),
    "tie-is-new-lowest": (
        lambda train, val, patience: epoch_kept(val, patience, ties=True),
        "A loss equal to the lowest so far is no improvement: it starts no new count.",
    ),
    "previous-epoch": (
        lambda train, val, patience: _falls_followed(val, patience),
        "This compares with the epoch before. A loss may fall and still not be a new lowest.",
    ),
    "patience-too-long": (
        lambda train, val, patience: epoch_kept(val, patience + 1),
        "This waits one epoch too long: count the epochs in a row that brought nothing new.",
    ),
}


# Accuracy as printed, and n. The print of 65 / 90 is a little low, that of 20 / 30 a little high.
ACCURACIES = (
    *((0.85, 80), (0.6667, 30), (0.7222, 90), (0.9067, 75), (0.9412, 68), (0.8182, 44)),
    *((0.8453, 80), (0.9167, 75), (0.9418, 68), (0.9999, 44), (0.93, 80), (0.5, 7)),
    *((1.0, 7), (0.0, 7)),
)
SHARE_IDEAS: Ideas = {
    "always-true": (lambda a, n: True, "This never says no. 0.8453 of 80 would be 67.6 right."),
    "no-rounding": (
        lambda a, n: (a * n).is_integer(),
        "Two thirds is printed as 0.6667; times 30 that is not whole, yet 20 of 30 is possible.",
    ),
    "rounds-down": (
        lambda a, n: round(math.floor(a * n) / n, 4) == a,
        "This rounds the number of right answers down. Was the print rounded down as well?",
    ),
    "tolerance-too-wide": (
        lambda a, n: abs(round(a * n) / n - a) < 0.01,
        "This lets too much pass. Four decimals are off by half of the last one at most.",
    ),
    "whole-per-cents": (
        lambda a, n: abs(round(100 * a) - 100 * a) < 1e-9,
        "Accuracies need not be whole per cents: with n examples the steps are 1 / n.",
    ),
}


# Counts of examples: both right, only A, only B, neither.
TABLES = (
    *((250, 30, 10, 10), (280, 9, 3, 8), (100, 6, 0, 4), (100, 5, 0, 5), (880, 12, 28, 80)),
    *((100, 15, 7, 20), (500, 0, 0, 20), (50, 1, 8, 3), (400, 60, 45, 300), (20, 15, 15, 20)),
)


def _tail(fewer: int, coins: int) -> float:
    """Chance that ``coins`` fair coins show heads at most ``fewer`` times."""
    return sum(math.comb(coins, i) for i in range(fewer + 1)) / 2**coins


def _word(is_different: bool) -> str:
    return "different" if is_different else "cannot tell"


def paired_verdict(both: int, a: int, b: int, neither: int) -> str:
    """The package's verdict on the examples behind a table."""
    rows = torch.tensor([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=torch.bool)
    examples = rows.repeat_interleave(torch.tensor([both, a, b, neither]), dim=0).numpy()
    return compare_models(examples[:, 0], examples[:, 1]).verdict


def _unpaired(both: int, a: int, b: int, neither: int) -> str:
    """The verdict of a test that takes the two models' examples for different ones."""
    n = both + a + b + neither
    mean = (2 * both + a + b) / (2 * n)
    return _word(abs(a - b) / n > 1.96 * math.sqrt(2 * mean * (1 - mean) / n))


VERDICT_IDEAS: Ideas = {
    "always-different": (
        lambda both, a, b, neither: _word(a != b),
        "This says different whenever the scores differ. One coin more proves nothing.",
    ),
    "one-sided": (
        lambda both, a, b, neither: _word(_tail(min(a, b), a + b) < 0.05),
        "This counts one side only. Beforehand, either model could have been the better one.",
    ),
    "without-c": (
        lambda both, a, b, neither: _word(2 * _tail(min(a, b) - 1, a + b) < 0.05),
        "The sum ends at c, and includes it: `range(c + 1)`.",
    ),
    "one-direction": (
        lambda both, a, b, neither: _word(a > b and 2 * _tail(b, a + b) < 0.05),
        "This finds a difference only where A is the better one.",
    ),
    "not-paired": (
        _unpaired,
        "This compares two accuracies as if each model had seen other examples.",
    ),
    "upside-down": (
        lambda both, a, b, neither: _word(2 * _tail(min(a, b), a + b) >= 0.05),
        "A small p speaks for a difference; with a large one, chance alone will do.",
    ),
    "all-examples": (
        lambda both, a, b, neither: _word(2 * _tail(min(a, b), both + a + b + neither) < 0.05),
        "Examples on which both agree are no coins: d counts the disagreements.",
    ),
}
