"""What lies beneath the checks of lesson 03, on inputs of many seeds."""

from collections.abc import Callable

import pytest
import torch
from exercise_answers.feature_extraction import (
    RIGHT,
    WRONG,
    nothing_for_the_optimizer,
    switches_gradients_off,
)
from torch import nn

from course_utils.exercises.feature_extraction import (
    check_freeze_first,
    check_frozen_trainer,
    check_labels_saved,
)
from course_utils.exercises.frozen_parts import model_to_train, pictures, state_of, worn_backbone


def test_gradients_are_on_again_whatever_an_answer_does() -> None:
    assert check_freeze_first(switches_gradients_off).status == "wrong"
    assert torch.is_grad_enabled()


def test_right_answers_are_right_where_gradients_are_switched_off() -> None:
    with torch.no_grad():
        assert check_freeze_first(RIGHT["freeze_first"]["part by part"]).status == "right"
        assert check_frozen_trainer(RIGHT["frozen_trainer"]["frozen before"]).status == "right"


def test_an_optimizer_without_weights_tells_of_a_frozen_head_too() -> None:
    assert check_frozen_trainer(nothing_for_the_optimizer).misconception == "head-frozen-too"


@pytest.mark.parametrize("make", [worn_backbone, model_to_train])
def test_a_seed_makes_the_same_model_again_and_another_seed_another(
    make: Callable[[int], nn.Module],
) -> None:
    assert state_of(make(3)) == state_of(make(3)) != state_of(make(4))


@pytest.mark.parametrize("is_train_mode", [True, False])
def test_features_of_two_pictures_lie_apart(is_train_mode: bool) -> None:
    for seed in range(50):
        with torch.no_grad():
            features = worn_backbone(seed).train(is_train_mode)(pictures(seed))
        distances = torch.cdist(features, features) + torch.eye(len(features))
        assert distances.min() > 1e-3, seed  # ten times what counts as the same


@pytest.mark.parametrize("name", WRONG["labels_saved"])
def test_each_wrong_reading_of_curves_is_known_on_any_curves(name: str) -> None:
    for seed in range(200):
        assert check_labels_saved(WRONG["labels_saved"][name], seed).misconception == name, seed
