"""The truth of lesson 05's exercises, and known wrong ideas as functions, by their name."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from course_utils.evaluation.comparison import compare_models

Ideas = Mapping[str, Callable[..., Any]]


def share_is_possible(accuracy: float, n: int) -> bool:
    """Whether some r / n is printed as ``accuracy``."""
    return any(f"{r / n:.4f}" == f"{accuracy:.4f}" for r in range(n + 1))


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


def paired_verdict(both: int, a: int, b: int, neither: int) -> str:
    """The package's verdict on the examples behind a table."""
    rows = torch.tensor([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=torch.bool)
    examples = rows.repeat_interleave(torch.tensor([both, a, b, neither]), dim=0).numpy()
    return compare_models(examples[:, 0], examples[:, 1]).verdict


def _counted_through(losses: Sequence[float], patience: int) -> int:
    """The epoch kept by someone who never starts the count of epochs in vain again."""
    best, in_vain = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            in_vain += 1
        if in_vain == patience:
            break
    return best + 1


def _falls_followed(losses: Sequence[float], patience: int) -> int:
    """The epoch kept by someone who compares each loss with the one before."""
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            kept = epoch
        if epoch - kept == patience:
            break
    return kept + 1


def _tail(fewer: int, coins: int) -> float:
    """Chance that ``coins`` fair coins show heads at most ``fewer`` times."""
    return sum(math.comb(coins, i) for i in range(fewer + 1)) / 2**coins


def _chi_square(a: int, b: int, correction: int) -> float:
    return (abs(a - b) - correction) ** 2 / (a + b) if a + b else 0.0


def _word(is_different: bool) -> str:
    return "different" if is_different else "cannot tell"


def _unpaired(both: int, a: int, b: int, neither: int) -> str:
    """The verdict of a test that takes the two models' examples for different ones."""
    n = both + a + b + neither
    mean = (2 * both + a + b) / (2 * n)
    return _word(abs(a - b) / n > 1.96 * math.sqrt(2 * mean * (1 - mean) / n))


STOP_IDEAS: Ideas = {
    "training-loss": lambda train, val, patience: epoch_kept(train, patience),
    "counts-from-0": lambda train, val, patience: epoch_kept(val, patience) - 1,
    "last-epoch": lambda train, val, patience: epoch_kept(val, patience, keep_last=True),
    "looks-ahead": lambda train, val, patience: val.index(min(val)) + 1,
    "first-rise": lambda train, val, patience: epoch_kept(val, 1),
    "tie-is-new-lowest": lambda train, val, patience: epoch_kept(val, patience, ties=True),
    "previous-epoch": lambda train, val, patience: _falls_followed(val, patience),
    "patience-too-long": lambda train, val, patience: epoch_kept(val, patience + 1),
    "never-resets": lambda train, val, patience: _counted_through(val, patience),
}
SHARE_IDEAS: Ideas = {
    "always-true": lambda a, n: True,
    "no-rounding": lambda a, n: (a * n).is_integer(),
    "rounds-down": lambda a, n: round(math.floor(a * n) / n, 4) == a,
    "whole-per-cents": lambda a, n: abs(round(100 * a) - 100 * a) < 1e-9,
}
VERDICT_IDEAS: Ideas = {
    "always-different": lambda both, a, b, neither: _word(a != b),
    "one-sided": lambda both, a, b, neither: _word(_tail(min(a, b), a + b) < 0.05),
    "without-c": lambda both, a, b, neither: _word(2 * _tail(min(a, b) - 1, a + b) < 0.05),
    "one-direction": lambda both, a, b, neither: _word(a > b and 2 * _tail(b, a + b) < 0.05),
    "not-paired": _unpaired,
    "upside-down": lambda both, a, b, neither: _word(2 * _tail(min(a, b), a + b) >= 0.05),
    "all-examples": lambda both, a, b, neither: _word(
        2 * _tail(min(a, b), both + a + b + neither) < 0.05
    ),
    "term-only": lambda both, a, b, neither: _word(2 * math.comb(a + b, a) / 2 ** (a + b) < 0.05),
    "chi-square": lambda both, a, b, neither: _word(_chi_square(a, b, 0) > 1.96**2),
    "chi-square-corrected": lambda both, a, b, neither: _word(_chi_square(a, b, 1) > 1.96**2),
}


def allows_too_much(answers: Sequence[bool], cases: Sequence[tuple[float, int]]) -> bool:
    """Whether all possible accuracies pass, and others too if they are near enough to one.

    Near may be meant of shares, of shares as printed, or of numbers of right answers.
    """
    pairs = zip(answers, cases, strict=True)
    if any(share_is_possible(*case) and not answer for answer, case in pairs):
        return False
    for distance in (
        lambda a, n: min(abs(r / n - a) for r in range(n + 1)),
        lambda a, n: min(abs(round(r / n, 4) - a) for r in range(n + 1)),
        lambda a, n: abs(round(a * n) - a * n),
    ):
        distances = [distance(*case) for case in cases]
        passed = [far for answer, far in zip(answers, distances, strict=True) if answer]
        stopped = [far for answer, far in zip(answers, distances, strict=True) if not answer]
        if max(passed) < min(stopped, default=math.inf):
            return True
    return False


def form_of_shares(given: Any, truth: Any) -> str | None:
    """Whether right shares were given as per cents, or with three decimals or fewer."""
    given, truth = np.asarray(given), np.asarray(truth)
    if np.allclose(given / 100, truth, rtol=0, atol=0.006):  # rounded or not
        return "per-cent"
    for decimals in (1, 2, 3):
        is_near = np.allclose(given, truth, rtol=0, atol=0.51 * 10.0**-decimals)
        if is_near and np.allclose(given, given.round(decimals), rtol=0, atol=1e-9):
            return "rounded"
    return None


def _score(rows: np.ndarray, index: int) -> float:
    return float(rows[index].mean())


def _pooled(val: np.ndarray, test: np.ndarray) -> np.ndarray:
    return np.concatenate([val, test], axis=1)


# Which candidate, from the validation and the test answers.
CHOICES: Ideas = {
    "selects-on-test": lambda val, test: int(test.mean(axis=1).argmax()),
    "selects-on-everything": lambda val, test: int(_pooled(val, test).mean(axis=1).argmax()),
    "last-of-ties": lambda val, test: len(val) - 1 - int(val.mean(axis=1)[::-1].argmax()),
    "counts-from-1": lambda val, test: int(val.mean(axis=1).argmax()) + 1,
}
# Which accuracy, once the candidate is chosen.
SCORES: Ideas = {
    "validation-accuracy": lambda val, test, index: _score(val, index),
    "best-test-accuracy": lambda val, test, index: float(test.mean(axis=1).max()),
    "pooled-accuracy": lambda val, test, index: _score(_pooled(val, test), index),
}


def _wilson(
    accuracy: float, n: int, *, z: float = 1.96, width: float = 1.0, shifts: bool = True
) -> tuple[float, float]:
    """Wilson's interval by its formula; the options are known slips."""
    centre = (accuracy + z**2 / (2 * n)) / (1 + z**2 / n) if shifts else accuracy
    root = math.sqrt(accuracy * (1 - accuracy) / n + z**2 / (4 * n**2))
    half = width * z / (1 + z**2 / n) * root
    return centre - half, centre + half


def _wald(accuracy: float, n: int) -> tuple[float, float]:
    half = 1.96 * math.sqrt(accuracy * (1 - accuracy) / n)
    return accuracy - half, accuracy + half


# Which interval for the accuracy, from all answers.
INTERVALS: Ideas = {
    "n-of-validation": lambda val, test, a: _wilson(a, val.shape[1]),
    "n-of-both": lambda val, test, a: _wilson(a, val.shape[1] + test.shape[1]),
    "n-of-all-candidates": lambda val, test, a: _wilson(a, test.size),
    "wald": lambda val, test, a: _wald(a, test.shape[1]),
    "one-sided": lambda val, test, a: _wilson(a, test.shape[1], z=1.645),
    "half-as-wide": lambda val, test, a: _wilson(a, test.shape[1], width=0.5),
    "not-shifted": lambda val, test, a: _wilson(a, test.shape[1], shifts=False),
}
