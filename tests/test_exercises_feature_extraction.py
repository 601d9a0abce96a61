"""The checks of lesson 03: right answers pass, blanks are unanswered, each wrong idea is named."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from course_utils.exercises.feature_extraction import (
    check_freeze_first,
    check_labels_saved,
    check_reading,
    check_shuffled_features,
)
from course_utils.freezing import freeze, stay_in_eval_mode


def freeze_by_loop(backbone: nn.Module, num_parts: int) -> nn.Module:
    for child in list(backbone)[:num_parts]:
        child.requires_grad_(False)
        for part in child.modules():
            part.training = False
            part.train = lambda mode=True, part=part: part
    return backbone


def freeze_by_own_train(backbone: nn.Module, num_parts: int) -> nn.Module:
    for child in list(backbone)[:num_parts]:
        child.requires_grad_(False)
    usual = type(backbone).train

    def train(mode: bool = True) -> nn.Module:
        usual(backbone, mode)
        for child in list(backbone)[:num_parts]:
            child.eval()
        return backbone

    backbone.train = train
    return backbone.train()


def only_requires_grad(backbone: nn.Module, num_parts: int) -> nn.Module:
    for child in list(backbone)[:num_parts]:
        child.requires_grad_(False)
    return backbone


def eval_once(backbone: nn.Module, num_parts: int) -> nn.Module:
    for child in list(backbone)[:num_parts]:
        child.requires_grad_(False).eval()
    return backbone


def all_parts(backbone: nn.Module, num_parts: int) -> nn.Module:
    freeze(backbone)
    return backbone


def one_part_less(backbone: nn.Module, num_parts: int) -> nn.Module:
    return freeze_by_loop(backbone, num_parts - 1)


def switches_gradients_off(backbone: nn.Module, num_parts: int) -> nn.Module:
    torch.set_grad_enabled(False)
    return freeze_by_loop(backbone, num_parts)


def without_statistics(backbone: nn.Module, num_parts: int) -> nn.Module:
    for child in list(backbone)[:num_parts]:
        child.requires_grad_(False)
        for part in child.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.track_running_stats = False
    return backbone


def only_eval(backbone: nn.Module, num_parts: int) -> nn.Module:
    for child in list(backbone)[:num_parts]:
        child.eval()
        child.train = lambda mode=True, child=child: stay_in_eval_mode(child)
    return backbone


@pytest.mark.parametrize("answer", [freeze_by_loop, freeze_by_own_train])
def test_freezing_the_first_parts_is_right(answer: Callable[..., Any]) -> None:
    assert check_freeze_first(answer).status == "right"


@pytest.mark.parametrize(
    ("answer", "misconception"),
    [
        (only_requires_grad, "buffers-move"),
        (eval_once, "eval-once"),
        (all_parts, "too-much-frozen"),
        (one_part_less, "weights-learn"),
        (only_eval, "weights-learn"),
        (switches_gradients_off, "no-gradients"),
        (without_statistics, "batch-statistics"),
    ],
)
def test_each_way_of_freezing_badly_is_named(
    answer: Callable[..., Any], misconception: str
) -> None:
    feedback = check_freeze_first(answer)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)
    assert torch.is_grad_enabled()


def mended(backbone: nn.Module, images: Tensor, labels: Tensor, seed: int) -> tuple:
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    backbone.eval()
    with torch.no_grad():
        return backbone(images)[order], labels[order]


def mended_otherwise(backbone: nn.Module, images: Tensor, labels: Tensor, seed: int) -> list:
    order = np.random.default_rng(seed).permutation(len(images))
    backbone.eval()
    return [torch.stack([backbone(images[i : i + 1])[0].detach() for i in order]), labels[order]]


def as_given(
    backbone: nn.Module, images: Tensor, labels: Tensor, seed: int, mode: bool = True
) -> tuple:
    generator = torch.Generator().manual_seed(seed)
    backbone.train(mode)
    with torch.no_grad():
        features = backbone(images)
    features = features[torch.randperm(len(images), generator=generator)]
    return features, labels[torch.randperm(len(labels), generator=generator)]


def separate_orders(*arguments: Any) -> tuple:
    return as_given(*arguments, mode=False)


def one_order_in_train_mode(
    backbone: nn.Module, images: Tensor, labels: Tensor, seed: int
) -> tuple:
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return backbone.train()(images)[order], labels[order]


def drifts_at_first(backbone: nn.Module, images: Tensor, labels: Tensor, seed: int) -> tuple:
    answer = mended(backbone, images, labels, seed)
    backbone.train()(images)
    return answer


def never_shuffled(backbone: nn.Module, images: Tensor, labels: Tensor, seed: int) -> tuple:
    return backbone.eval()(images).detach(), labels


def with_graph(backbone: nn.Module, images: Tensor, labels: Tensor, seed: int) -> tuple:
    order = torch.randperm(len(images))
    return backbone.eval()(images)[order], labels[order]


def shuffles_features_only(backbone: nn.Module, images: Tensor, labels: Tensor, seed: int) -> tuple:
    return mended(backbone, images, labels, seed)[0], labels


@pytest.mark.parametrize("answer", [mended, mended_otherwise])
def test_a_mended_pipeline_is_right(answer: Callable[..., Any]) -> None:
    assert check_shuffled_features(answer).status == "right"


@pytest.mark.parametrize(
    ("answer", "misconception"),
    [
        (separate_orders, "separate-orders"),
        (shuffles_features_only, "separate-orders"),
        (one_order_in_train_mode, "train-mode"),
        (drifts_at_first, "drift"),
        (never_shuffled, "not-shuffled"),
        (with_graph, "gradients"),
    ],
)
def test_each_bug_left_in_the_pipeline_is_named(
    answer: Callable[..., Any], misconception: str
) -> None:
    feedback = check_shuffled_features(answer)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def saved(sizes: list, letters: list, pixels: list, few: int) -> float:
    target = letters[list(sizes).index(few)]
    if target > pixels[-1]:
        return np.inf
    return np.exp(np.interp(target, pixels, np.log(sizes))) - few


def saved_otherwise(sizes: list, letters: list, pixels: list, few: int) -> float:
    target = letters[sizes.index(few)]
    for i in range(1, len(sizes)):
        if pixels[i] >= target:
            share = (target - pixels[i - 1]) / (pixels[i] - pixels[i - 1])
            return sizes[i - 1] * (sizes[i] / sizes[i - 1]) ** share - few
    return math.inf


def clamped(sizes: list, letters: list, pixels: list, few: int) -> float:
    return np.exp(np.interp(letters[sizes.index(few)], pixels, np.log(sizes))) - few


@pytest.mark.parametrize("answer", [saved, saved_otherwise])
def test_labels_saved_by_interpolation_are_right(answer: Callable[..., Any]) -> None:
    assert check_labels_saved(answer).status == "right"


@pytest.mark.parametrize(
    ("answer", "misconception"),
    [
        (lambda s, a, b, few: a[s.index(few)] - b[s.index(few)], "accuracy-difference"),
        (lambda s, a, b, few: saved(s, a, b, few) + few, "not-subtracted"),
        (
            lambda s, a, b, few: next(
                (size - few for size, p in zip(s, b, strict=True) if p >= a[s.index(few)]), math.inf
            ),
            "nearest-size",
        ),
        (lambda s, a, b, few: np.interp(a[s.index(few)], b, s) - few, "linear-scale"),
        (clamped, "clamped"),
    ],
)
def test_each_wrong_reading_of_the_curves_is_named(
    answer: Callable[..., Any], misconception: str
) -> None:
    feedback = check_labels_saved(answer)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def test_reading_an_interval_that_holds_zero() -> None:
    assert check_reading("cannot tell", "more draws").status == "right"


@pytest.mark.parametrize(
    ("verdict", "remedy", "misconception"),
    [
        ("different", "more draws", "point-estimate"),
        ("equal", "more draws", "no-proof-is-equal"),
        ("cannot tell", "more test pictures", "wrong-source"),
        ("cannot tell", "99 % interval", "confidence"),
        ("who knows", "more draws", None),
        ("cannot tell", "pray", None),
    ],
)
def test_each_wrong_reading_of_the_interval_is_named(
    verdict: str, remedy: str, misconception: str | None
) -> None:
    feedback = check_reading(verdict, remedy)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def test_stubs_count_as_unanswered() -> None:
    assert check_freeze_first(lambda backbone, num_parts: None).status == "unanswered"
    assert check_shuffled_features(as_given).status == "unanswered"
    assert check_labels_saved(lambda *curves: None).status == "unanswered"
    assert check_reading(None, None).status == "unanswered"


def test_an_answer_of_another_kind_is_wrong_and_never_an_error() -> None:
    assert check_freeze_first(lambda backbone, num_parts: 3).status == "wrong"
    assert check_shuffled_features(lambda *arguments: 3).status == "wrong"
    assert check_labels_saved(lambda *curves: "many").status == "wrong"
    assert check_labels_saved(lambda *curves: 1 / 0).misconception == "error"
