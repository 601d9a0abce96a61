"""The checks of lesson 04: solutions pass, stubs count as unanswered, wrong ideas are named."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import SGD, Optimizer

from course_utils.exercises.feedback import Feedback
from course_utils.exercises.fine_tuning import (
    check_budgets,
    check_groups,
    check_mended,
    check_order,
)
from course_utils.models import Backbone, Classifier, parameter_groups, replace_head


def slow_backbone(model: Classifier, head_lr: float) -> list[dict[str, Any]]:
    return [
        {"params": list(model.head.parameters()), "lr": head_lr},
        {"params": list(model.backbone.parameters()), "lr": head_lr / 10},
    ]


def group_per_layer(model: Classifier, head_lr: float) -> list[dict[str, Any]]:
    layers = [{"params": part.parameters(), "lr": head_lr * 0.1} for part in model.backbone]
    return [*layers, {"params": model.head.weight, "lr": head_lr},
            {"params": [model.head.bias], "lr": head_lr}]  # fmt: skip


def frozen_backbone(model: Classifier, head_lr: float) -> list[dict[str, Any]]:
    model.backbone.requires_grad_(False)
    return parameter_groups(model, head_lr=head_lr, backbone_lr=head_lr / 10)


def swapped(model: Classifier, head_lr: float) -> list[dict[str, Any]]:
    return parameter_groups(model, head_lr=head_lr / 10, backbone_lr=head_lr)


RIGHT_GROUPS = {
    "solution": slow_backbone,
    "package": lambda model, lr: parameter_groups(model, head_lr=lr, backbone_lr=lr / 10),
    "a group per layer": group_per_layer,
    "optimizer": lambda model, lr: SGD(slow_backbone(model, lr)),
}
WRONG_GROUPS = {
    "one-rate": lambda model, lr: [{"params": model.parameters(), "lr": lr}],
    "in-both-groups": lambda model, lr: [
        {"params": model.head.parameters(), "lr": lr},
        {"params": model.parameters(), "lr": lr / 10},
    ],
    "swapped": swapped,
    "no-head": lambda model, lr: [{"params": model.backbone.parameters(), "lr": lr / 10}],
    "frozen-backbone": frozen_backbone,
    "other-rates": lambda model, lr: parameter_groups(model, head_lr=lr, backbone_lr=lr / 2),
    "not-groups": lambda model, lr: [lr, lr / 10],
    "error": lambda model, lr: model.tail,
}


def prepare_as_given(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    optimizer = SGD(model.parameters(), lr=learning_rate)
    model.head = nn.Linear(model.head.in_features, num_classes)
    return optimizer


def prepare(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    model.head = nn.Linear(model.head.in_features, num_classes)
    return SGD(model.parameters(), lr=learning_rate)


def add_later(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    optimizer = prepare_as_given(model, num_classes, learning_rate)
    optimizer.add_param_group({"params": model.head.parameters()})
    return optimizer


def by_groups(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    replace_head(model, num_classes)
    groups = parameter_groups(model, head_lr=learning_rate, backbone_lr=learning_rate / 10)
    return torch.optim.AdamW(groups)


def prepare_head_only(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    replace_head(model, num_classes)
    return SGD(model.head.parameters(), lr=learning_rate)


def keep_old_head(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    return SGD(model.parameters(), lr=learning_rate)


def start_anew(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    model.backbone = Backbone(width=model.backbone.width)
    return prepare(model, num_classes, learning_rate)


def other_copy(model: Classifier, num_classes: int, learning_rate: float) -> Optimizer:
    replace_head(model, num_classes)
    return SGD(Classifier(model.backbone, num_classes).head.parameters(), lr=learning_rate)


def return_model(model: Classifier, num_classes: int, learning_rate: float) -> Classifier:
    replace_head(model, num_classes)
    return model


WRONG_PREPARES = {
    "head-only": prepare_head_only,
    "no-new-head": keep_old_head,
    "new-backbone": start_anew,
    "nothing-learns": other_copy,
    "not-an-optimizer": return_model,
}
WRONG_ORDERS = {
    "test-before-choice": "BDAEFC",
    "old-head-fitted": "BADECF",
    "optimizer-before-head": "BEDACF",
    "all-first": "BDECAF",
    "head-before-backbone": "DBAECF",
    "no-optimizer": "BDACEF",
    "not-all-steps": "BDAC",
}
SOLUTION = {"P": "fair: A is better", "Q": "unfair", "R": "cannot tell", "S": "fair: A is better"}
WRONG_VERDICTS = {
    "unequal-tries": {"Q": "fair: A is better"},
    "mean-alone": {"R": "fair: A is better"},
    "seconds-for-steps": {"S": "unfair"},
    "few-seeds": {"P": "cannot tell"},
    "unknown-verdict": {"P": "better"},
    "other-verdict": {"R": "unfair"},
}


def assert_right(feedback: Feedback) -> None:
    assert feedback.status == "right", feedback


def assert_wrong(feedback: Feedback, misconception: str) -> None:
    assert (feedback.status, feedback.misconception) == ("wrong", misconception), feedback


@pytest.mark.parametrize("answer", RIGHT_GROUPS.values(), ids=RIGHT_GROUPS)
def test_right_groups_pass_however_they_are_written(answer: Callable[..., Any]) -> None:
    assert_right(check_groups(answer))


@pytest.mark.parametrize("misconception", WRONG_GROUPS)
def test_wrong_groups_are_named(misconception: str) -> None:
    assert_wrong(check_groups(WRONG_GROUPS[misconception]), misconception)


@pytest.mark.parametrize("answer", [prepare, add_later, by_groups])
def test_a_head_that_learns_passes_however_it_gets_there(answer: Callable[..., Any]) -> None:
    assert_right(check_mended(answer))


@pytest.mark.parametrize("misconception", WRONG_PREPARES)
def test_wrong_mends_are_named(misconception: str) -> None:
    assert_wrong(check_mended(WRONG_PREPARES[misconception]), misconception)


@pytest.mark.parametrize("order", ["BDAECF", "BDEACF", "b, d, a, e, c, f", list("BDAECF")])
def test_both_orders_that_work_pass(order: str | list[str]) -> None:
    assert_right(check_order(order))


@pytest.mark.parametrize("misconception", WRONG_ORDERS)
def test_wrong_orders_are_named(misconception: str) -> None:
    assert_wrong(check_order(WRONG_ORDERS[misconception]), misconception)


@pytest.mark.parametrize("spelling", [str, str.upper, lambda text: f" {text} "])
def test_right_verdicts_pass(spelling: Callable[[str], str]) -> None:
    assert_right(check_budgets({report: spelling(text) for report, text in SOLUTION.items()}))


@pytest.mark.parametrize("misconception", WRONG_VERDICTS)
def test_wrong_verdicts_are_named(misconception: str) -> None:
    assert_wrong(check_budgets(SOLUTION | WRONG_VERDICTS[misconception]), misconception)


def test_a_missing_report_is_named() -> None:
    assert_wrong(check_budgets({"P": "unfair"}), "missing-report")


@pytest.mark.parametrize(
    "feedback",
    [
        check_groups(lambda model, head_lr: None),
        check_mended(prepare_as_given),
        check_order(None),
        check_budgets(dict.fromkeys("PQRS")),
    ],
    ids=["groups", "mended", "order", "budgets"],
)
def test_the_stubs_are_not_answered_yet(feedback: Feedback) -> None:
    assert feedback.status == "unanswered"
