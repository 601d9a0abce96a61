"""Lesson 05's checks: solutions pass, stubs are unanswered, each named wrong idea is recognised."""

import math
from collections.abc import Callable
from itertools import count

import pytest
import torch
from scipy.stats import binomtest
from torch import Tensor

from course_utils.exercises.validation import (
    check_could_be,
    check_standardise,
    check_stop_early,
    check_verdict,
)

Losses = list[float]


def stop_early(train: Losses, val: Losses, patience: int) -> int:
    best = 0
    for epoch, loss in enumerate(val):
        if loss < val[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1


def stop_early_by_slices(train: Losses, val: Losses, patience: int) -> int:
    for end in count(1):
        best = val[:end].index(min(val[:end])) + 1
        if end - best == patience or end == len(val):
            return best


def stop_late(train: Losses, val: Losses, patience: int) -> int:
    return stop_early(train, val, patience + 1)


def stop_by_last(train: Losses, val: Losses, patience: int) -> int:
    return min(stop_early(train, val, patience) + patience, len(val))


def stop_with_ties(train: Losses, val: Losses, patience: int) -> int:
    best = 0
    for epoch, loss in enumerate(val):
        if loss <= val[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1


def stop_by_previous(train: Losses, val: Losses, patience: int) -> int:
    best, waited = 0, 0
    for epoch in range(1, len(val)):
        if val[epoch] < val[epoch - 1]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best + 1


@pytest.mark.parametrize("function", [stop_early, stop_early_by_slices])
def test_early_stopping_is_right_however_it_is_written(function: Callable) -> None:
    assert check_stop_early(function).status == "right"


@pytest.mark.parametrize(
    ("misconception", "function"),
    [
        ("training-loss", lambda train, val, patience: stop_early(val, train, patience)),
        ("counts-from-0", lambda train, val, patience: stop_early(train, val, patience) - 1),
        ("last-epoch", stop_by_last),
        ("looks-ahead", lambda train, val, patience: 1 + val.index(min(val))),
        ("first-rise", lambda train, val, patience: stop_early(train, val, 1)),
        ("tie-is-new-lowest", stop_with_ties),
        ("previous-epoch", stop_by_previous),
        ("patience-too-long", stop_late),
        (None, lambda train, val, patience: 1),
        ("error", lambda train, val, patience: val[100]),
    ],
)
def test_wrong_early_stopping_is_recognised(misconception: str | None, function: Callable) -> None:
    feedback = check_stop_early(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def could_be(accuracy: float, n: int) -> bool:
    return any(abs(round(k / n, 4) - accuracy) < 1e-9 for k in range(n + 1))


def could_be_nearest(accuracy: float, n: int) -> bool:
    return abs(round(accuracy * n) / n - accuracy) <= 0.00005


@pytest.mark.parametrize("function", [could_be, could_be_nearest])
def test_possible_accuracies_are_right_however_they_are_found(function: Callable) -> None:
    assert check_could_be(function).status == "right"


@pytest.mark.parametrize(
    ("misconception", "function"),
    [
        ("always-true", lambda accuracy, n: 0 <= accuracy <= 1),
        ("no-rounding", lambda accuracy, n: accuracy * n == int(accuracy * n)),
        ("rounds-down", lambda accuracy, n: round(int(accuracy * n) / n, 4) == accuracy),
        ("tolerance-too-wide", lambda accuracy, n: abs(round(accuracy * n) / n - accuracy) < 0.01),
        ("whole-per-cents", lambda accuracy, n: round(accuracy, 2) == accuracy),
        (None, lambda accuracy, n: False),
    ],
)
def test_wrong_possible_accuracies_are_recognised(
    misconception: str | None, function: Callable
) -> None:
    feedback = check_could_be(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def scale(images: Tensor, source: Tensor) -> Tensor:
    return (images - source.mean()) / source.std()


def standardise(train: Tensor, val: Tensor) -> tuple[Tensor, Tensor]:
    return scale(train, train), scale(val, train)


def standardise_by_pixel(train: Tensor, val: Tensor) -> list[Tensor]:
    mean, spread = train.mean(dim=0), train.std(dim=0, correction=0)
    return [(part - mean) / spread for part in (train, val)]


def standardise_with_leak(train: Tensor, val: Tensor) -> tuple[Tensor, Tensor]:
    both = torch.cat([train, val])
    return scale(train, both), scale(val, both)


@pytest.mark.parametrize("function", [standardise, standardise_by_pixel])
def test_standardising_is_right_however_it_is_written(function: Callable) -> None:
    assert check_standardise(function).status == "right"


@pytest.mark.parametrize(
    ("misconception", "function"),
    [
        ("everything", standardise_with_leak),
        ("own-statistics", lambda train, val: (scale(train, train), scale(val, val))),
        ("from-validation", lambda train, val: (scale(train, val), scale(val, val))),
        ("untouched", lambda train, val: (scale(train, train), val)),
        (None, lambda train, val: (train, val)),
        (None, lambda train, val: (train.mean(), val.mean())),
        (None, lambda train, val: train),
        ("error", lambda train, val: train @ "val"),
    ],
)
def test_wrong_standardising_is_recognised(misconception: str | None, function: Callable) -> None:
    feedback = check_standardise(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def p_value(coins: int, fewer: int) -> float:
    return 2 * sum(math.comb(coins, i) for i in range(fewer + 1)) / 2**coins


def say(is_different: bool) -> str:
    return "different" if is_different else "cannot tell"


def verdict(both: int, a: int, b: int, neither: int) -> str:
    return say(p_value(a + b, min(a, b)) < 0.05)


def verdict_by_scipy(both: int, a: int, b: int, neither: int) -> str:
    return say(a + b > 0 and binomtest(a, a + b).pvalue < 0.05)


def verdict_unpaired(both: int, a: int, b: int, neither: int) -> str:
    n = both + a + b + neither
    mean = (both + (a + b) / 2) / n
    return say(abs(a - b) > 1.96 * math.sqrt(2 * n * mean * (1 - mean)))


@pytest.mark.parametrize("function", [verdict, verdict_by_scipy])
def test_the_verdict_is_right_however_it_is_written(function: Callable) -> None:
    assert check_verdict(function).status == "right"


@pytest.mark.parametrize(
    ("misconception", "function"),
    [
        ("always-different", lambda both, a, b, neither: say(both + a != both + b)),
        ("one-sided", lambda both, a, b, neither: say(p_value(a + b, min(a, b)) / 2 < 0.05)),
        (
            "without-c",
            lambda both, a, b, neither: say(p_value(a + b, min(a, b) - 1) < 0.05),
        ),
        ("one-direction", lambda both, a, b, neither: say(a > b and p_value(a + b, b) < 0.05)),
        ("not-paired", verdict_unpaired),
        ("upside-down", lambda both, a, b, neither: say(p_value(a + b, min(a, b)) >= 0.05)),
        (
            "all-examples",
            lambda both, a, b, neither: say(p_value(both + a + b + neither, min(a, b)) < 0.05),
        ),
        (None, lambda both, a, b, neither: a > b),
        (None, lambda both, a, b, neither: "cannot tell"),
    ],
)
def test_a_wrong_verdict_is_recognised(misconception: str | None, function: Callable) -> None:
    feedback = check_verdict(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


@pytest.mark.parametrize("stub", [None, ...])
def test_the_stubs_are_unanswered(stub: object) -> None:
    assert check_stop_early(lambda train, val, patience: stub).status == "unanswered"
    assert check_could_be(lambda accuracy, n: stub).status == "unanswered"
    assert check_standardise(lambda train, val: stub).status == "unanswered"
    assert check_verdict(lambda both, a, b, neither: stub).status == "unanswered"


def test_no_message_gives_the_answer_away() -> None:
    for check, function in (
        (check_stop_early, stop_late),
        (check_could_be, lambda accuracy, n: True),
        (check_standardise, standardise_with_leak),
        (check_verdict, verdict_unpaired),
    ):
        message = check(function).message
        assert "def " not in message and "return" not in message and len(message) < 300
