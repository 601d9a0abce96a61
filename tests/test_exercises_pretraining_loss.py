"""Lesson 01's checks: solutions pass, stubs are unanswered, each named wrong idea is recognised."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.pretraining_loss import (
    check_cross_entropy,
    check_first_loss,
    check_loss_gradient,
    check_mean_loss,
)

ANSWER = {"2.30": "a", "0.0": "c", "7.9": "b"}


def log_sum_exp_loss(logits: Tensor, labels: Tensor) -> Tensor:
    rows = torch.arange(len(labels))
    return (torch.logsumexp(logits, dim=1) - logits[rows, labels]).mean()


def loop_loss(logits: Tensor, labels: Tensor) -> float:
    total = 0.0
    for row, label in zip(logits.double(), labels, strict=True):
        shifted = row - row.max()
        total += shifted.exp().sum().log().item() - shifted[label].item()
    return total / len(labels)


def naive_loss(logits: Tensor, labels: Tensor) -> Tensor:
    probs = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
    return -probs[torch.arange(len(labels)), labels].log().mean()


def softened_loss(logits: Tensor, labels: Tensor) -> Tensor:
    probs = logits.softmax(dim=1)[torch.arange(len(labels)), labels]
    return -(probs + 1e-9).log().mean()


def every_loss(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits, labels, reduction="none")


@pytest.mark.parametrize("function", [log_sum_exp_loss, loop_loss, F.cross_entropy])
def test_a_safe_cross_entropy_is_right_however_it_is_written(function: Callable) -> None:
    assert check_cross_entropy(function).status == "right"


@pytest.mark.parametrize("stub", [None, ...])
def test_the_stubs_are_unanswered(stub: object) -> None:
    assert check_cross_entropy(lambda logits, labels: stub).status == "unanswered"
    assert check_mean_loss(lambda means, sizes: stub).status == "unanswered"
    assert check_loss_gradient(lambda logits, labels: stub).status == "unanswered"
    assert check_first_loss(ANSWER | {"0.0": stub}).status == "unanswered"


@pytest.mark.parametrize(
    ("function", "misconception"),
    [
        (lambda z, y: log_sum_exp_loss(z.softmax(1), y), "softmax-twice"),
        (lambda z, y: log_sum_exp_loss(z, y) * len(y), "sum-for-mean"),
        (lambda z, y: -log_sum_exp_loss(z, y), "wrong-sign"),
        (lambda z, y: -z.softmax(0)[torch.arange(len(y)), y].log().mean(), "wrong-axis"),
        (lambda z, y: z.logsumexp(1).mean() - z[:, y].mean(), "all-pairs"),
        (naive_loss, "overflow"),
        (softened_loss, "hides-the-overflow"),
        (every_loss, "not-one-number"),
        (lambda z, y: z.no_such_method(), "error"),
        (lambda z, y: 0.5, None),
    ],
)
def test_a_wrong_cross_entropy_is_recognised(function: Callable, misconception: str | None) -> None:
    feedback = check_cross_entropy(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def weighted_mean(means: list[float], sizes: list[int]) -> float:
    return sum(mean * size for mean, size in zip(means, sizes, strict=True)) / sum(sizes)


def spelled_out_mean(means: list[float], sizes: list[int]) -> Tensor:
    losses = [mean for mean, size in zip(means, sizes, strict=True) for _ in range(size)]
    return torch.tensor(losses).mean()


@pytest.mark.parametrize("function", [weighted_mean, spelled_out_mean])
def test_a_mean_over_examples_is_right_however_it_is_written(function: Callable) -> None:
    assert check_mean_loss(function).status == "right"


@pytest.mark.parametrize(
    ("function", "misconception"),
    [
        (lambda m, s: sum(m) / len(m), "mean-of-batch-means"),
        (lambda m, s: weighted_mean(m, s) * sum(s) / len(s), "divides-by-batches"),
        (lambda m, s: sum(m) / sum(s), "sum-of-means"),
        (lambda m, s: sum(m) * s[0] / sum(s), "assumes-full-batches"),
        (lambda m, s: m, "not-one-number"),
        (lambda m, s: 0.0, None),
    ],
)
def test_a_wrong_mean_is_recognised(function: Callable, misconception: str | None) -> None:
    feedback = check_mean_loss(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def given_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    return F.one_hot(labels, logits.shape[1]) - logits.softmax(dim=1)


def mended_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    return -given_gradient(logits, labels) / len(labels)


def gradient_by_autograd(logits: Tensor, labels: Tensor) -> Tensor:
    watched = logits.double().requires_grad_()
    F.cross_entropy(watched, labels).backward()
    return watched.grad


@pytest.mark.parametrize("function", [mended_gradient, gradient_by_autograd])
def test_a_mended_gradient_is_right_however_it_is_written(function: Callable) -> None:
    assert check_loss_gradient(function).status == "right"


def test_the_gradient_as_given_is_unanswered() -> None:
    assert check_loss_gradient(given_gradient).status == "unanswered"


@pytest.mark.parametrize(
    ("function", "misconception"),
    [
        (lambda z, y: -mended_gradient(z, y), "wrong-sign"),
        (lambda z, y: -given_gradient(z, y), "not-divided"),
        (lambda z, y: -given_gradient(z, y) / z.numel(), "divided-by-all-entries"),
        (lambda z, y: -given_gradient(z, y) / z.shape[1], "divided-by-classes"),
        (lambda z, y: -given_gradient(z, y).double() / z.shape[1], "divided-by-classes"),
        (lambda z, y: mended_gradient(z, y).sum(), None),
        (lambda z, y: torch.zeros_like(z), None),
    ],
)
def test_a_wrong_gradient_is_recognised(function: Callable, misconception: str | None) -> None:
    feedback = check_loss_gradient(function)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


@pytest.mark.parametrize("answer", [ANSWER, {"2.30": " A", "0.0": "C", "7.9": "B "}])
def test_the_right_reasons_are_right_in_either_case(answer: dict[str, str]) -> None:
    assert check_first_loss(answer).status == "right"


@pytest.mark.parametrize(
    ("change", "misconception"),
    [
        ({"7.9": "d"}, "learning-rate-before-a-step"),
        ({"2.30": "e"}, "shuffled-labels-seen-at-once"),
        ({"2.30": "b"}, "misread-2.30"),
        ({"0.0": "a"}, "misread-0.0"),
        ({"7.9": "c"}, "misread-7.9"),
        ({"5.0": "a"}, None),
    ],
)
def test_a_wrong_reason_is_recognised(change: dict[str, str], misconception: str | None) -> None:
    feedback = check_first_loss(ANSWER | change)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)
