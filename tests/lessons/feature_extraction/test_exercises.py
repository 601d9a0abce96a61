"""What lies beneath the checks of lesson 03, on inputs of many seeds."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.exercises.checking import Check
from course_utils.exercises.plain_data import state_of
from course_utils.lessons.feature_extraction.exercises import (
    check_freeze_first,
    check_frozen_trainer,
    check_labels_saved,
    check_reading,
    check_shuffled_features,
)
from course_utils.lessons.feature_extraction.trials import model_to_train, pictures, worn_backbone
from tests.lessons.feature_extraction.answers import (
    RIGHT,
    WRONG,
    cleared_too_late,
    freeze_modules,
    in_inference_mode,
    logarithms_subtracted,
    no_momentum,
    nothing_at_the_end,
    nothing_for_the_optimizer,
    one_step_more,
    order_undone,
    saved,
    saved_extrapolated,
    statistics_put_back,
    switches_gradients_off,
)


def test_gradients_are_on_again_whatever_an_answer_does() -> None:
    assert check_freeze_first(switches_gradients_off).status == "wrong"
    assert torch.is_grad_enabled()


def test_right_answers_are_right_where_gradients_are_switched_off() -> None:
    with torch.no_grad():
        assert check_freeze_first(RIGHT["freeze_first"]["part by part"]).status == "right"
        assert check_shuffled_features(RIGHT["shuffled_features"]["mended"]).status == "right"
        assert check_frozen_trainer(RIGHT["frozen_trainer"]["frozen before"]).status == "right"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("check", "answer", "misconception"),
    [
        (check_frozen_trainer, nothing_for_the_optimizer, "head-frozen-too"),
        (check_frozen_trainer, cleared_too_late, "wrong-optimizer"),
        (check_frozen_trainer, one_step_more, "steps-miscounted"),
        (check_frozen_trainer, statistics_put_back, "dropout-on"),
        (check_freeze_first, freeze_modules, "one-part-more"),
        (check_freeze_first, no_momentum, "buffers-move"),
        (check_shuffled_features, order_undone, "separate-orders"),
        (check_labels_saved, saved_extrapolated, "clamped"),
        (check_labels_saved, logarithms_subtracted, "still-logarithms"),
    ],
)
def test_a_known_idea_is_known_in_another_form(
    check: Check, answer: Callable[..., Any], misconception: str
) -> None:
    for seed in (0, 1, 77):
        assert check(answer, seed=seed).misconception == misconception, seed


def test_an_interval_may_be_written_without_its_space() -> None:
    for remedy in ("99% interval", "99 per cent interval", "99 %  INTERVAL."):
        assert check_reading("cannot tell", remedy).misconception == "confidence", remedy


@pytest.mark.parametrize("make", [worn_backbone, model_to_train])
def test_a_seed_makes_the_same_model_again_and_another_seed_another(
    make: Callable[[int], nn.Module],
) -> None:
    assert state_of(make(3)) == state_of(make(3)) != state_of(make(4))


@pytest.mark.slow
@pytest.mark.parametrize("is_train_mode", [True, False])
def test_features_of_two_pictures_lie_apart(is_train_mode: bool) -> None:
    for seed in range(50):
        with torch.no_grad():
            features = worn_backbone(seed).train(is_train_mode)(pictures(seed))
        distances = torch.cdist(features, features) + torch.eye(len(features))
        assert distances.min() > 1e-3, seed  # ten times what counts as the same


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG["labels_saved"])
def test_each_wrong_reading_of_curves_is_known_on_any_curves(name: str) -> None:
    for seed in range(200):
        assert check_labels_saved(WRONG["labels_saved"][name], seed=seed).misconception == name, (
            seed
        )


@pytest.mark.parametrize("make", [math.floor, math.ceil, lambda number: round(number, 1)])
def test_any_rounding_is_known(make: Callable[[float], float]) -> None:
    def rounded(*curves: Any) -> float:
        number = float(saved(*curves))
        return make(number) if math.isfinite(number) else number

    for seed in range(50):
        feedback = check_labels_saved(rounded, seed=seed)
        assert feedback.misconception == "rounded" or feedback.status == "right", seed


def test_it_is_told_for_which_curves_nothing_comes_back() -> None:
    feedback = check_labels_saved(WRONG["labels_saved"]["nothing-for-never"])
    assert feedback.message.startswith("With [") and "few =" in feedback.message
    feedback = check_labels_saved(nothing_at_the_end)
    assert (feedback.status, feedback.misconception) == ("wrong", None)
    assert feedback.message.startswith("With [") and "nothing comes back" in feedback.message


def test_a_head_cannot_be_trained_on_tensors_of_inference_mode() -> None:
    features, labels = in_inference_mode(worn_backbone(0), pictures(0), torch.arange(12), 0)
    with pytest.raises(RuntimeError, match="nference tensors"):
        F.cross_entropy(nn.Linear(6, 12)(features.clone()), labels).backward()
    with pytest.raises(RuntimeError, match="nference tensors"):
        nn.Linear(6, 12)(features)
