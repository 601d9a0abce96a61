"""Intervals come from drawing pictures, and groups where pictures belong together."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.evaluation.draws import draw_units
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.over_pictures import (
    ScoresOverPictures,
    interval_over_pictures,
    scores_of,
)
from course_utils.evaluation.segmentation.scores import counts_of, score_maps
from tests.helpers.maps import names, random_maps

NAMES = names(4)


def matrices_of(num_pictures: int, seed: int, **how: Any) -> np.ndarray:
    """Of ``random_maps`` with four classes."""
    return confusion_matrices(*random_maps(num_pictures, seed, **how), 4)


def test_the_scores_are_those_of_the_data_set_and_lie_within_their_intervals() -> None:
    matrices = matrices_of(40, 0)
    scores, drawn = score_maps(matrices, NAMES), interval_over_pictures(matrices, NAMES)
    assert (drawn.mean_iou, drawn.pixel_accuracy) == (scores.mean_iou, scores.pixel_accuracy)
    assert drawn.class_iou == scores.class_iou
    each = [
        (drawn.mean_iou, drawn.mean_iou_ends),
        (drawn.pixel_accuracy, drawn.pixel_accuracy_ends),
        *zip(drawn.class_iou, drawn.class_iou_ends, strict=True),
    ]
    assert all(0 <= low < score < high <= 1 for score, (low, high) in each)
    assert str(drawn) == (
        f"mean IoU {drawn.mean_iou:.3f} [{drawn.mean_iou_ends[0]:.3f}, "
        f"{drawn.mean_iou_ends[1]:.3f}], pixel accuracy {drawn.pixel_accuracy:.3f} "
        f"[{drawn.pixel_accuracy_ends[0]:.3f}, {drawn.pixel_accuracy_ends[1]:.3f}] "
        "over 40 pictures"
    )


def test_a_draw_is_scored_as_the_pictures_that_were_drawn() -> None:
    matrices = matrices_of(15, 3)
    drawn = draw_units(15, None, seed=0, draws=20)
    of_classes, both = scores_of(counts_of(matrices), drawn)
    for place, weights in enumerate(drawn.weights):
        scores = score_maps(matrices.repeat(weights, axis=0), NAMES)
        assert both[:, place].tolist() == [scores.mean_iou, scores.pixel_accuracy]
        assert of_classes[:, place] == pytest.approx(scores.class_iou, nan_ok=True)


@pytest.mark.slow
def test_the_interval_is_about_as_wide_as_scores_of_other_pictures_differ() -> None:
    intervals = [
        interval_over_pictures(matrices_of(60, seed), NAMES, draws=200) for seed in range(60)
    ]
    for name in ("mean_iou", "pixel_accuracy"):
        half = [np.diff(getattr(drawn, f"{name}_ends"))[0] / 2 for drawn in intervals]
        spread = np.std([getattr(drawn, name) for drawn in intervals], ddof=1)
        assert np.mean(half) / 2 == pytest.approx(spread, rel=0.35)  # 60 are known to 10 %


def test_draws_repeat_with_their_seed_alone() -> None:
    matrices = matrices_of(20, 0)
    first, again, other = (interval_over_pictures(matrices, NAMES, seed=seed) for seed in (3, 3, 4))
    assert first == again != other
    assert first.mean_iou == other.mean_iou


def width(drawn: ScoresOverPictures) -> float:
    """Of the interval of the mean IoU."""
    return drawn.mean_iou_ends[1] - drawn.mean_iou_ends[0]


def test_copies_in_one_group_are_worth_no_more_than_one_picture() -> None:
    matrices = matrices_of(12, 1)
    copies, groups = matrices.repeat(4, axis=0), torch.arange(12).repeat_interleave(4)
    alone = interval_over_pictures(matrices, NAMES)
    taken_apart = interval_over_pictures(copies, NAMES)
    together = interval_over_pictures(copies, NAMES, groups=groups)
    assert (together.num_units, together.unit) == (12, "group")
    assert str(together).endswith("over 12 groups")
    assert together.class_units == alone.class_units
    assert width(together) == pytest.approx(width(alone), rel=0.15)
    assert width(taken_apart) < 0.6 * width(alone)
    apart = interval_over_pictures(matrices, NAMES, groups=torch.arange(12).flip(0))
    assert (apart.num_units, apart.unit) == (12, "picture")


def test_a_class_has_an_interval_over_the_units_that_show_it() -> None:
    truth = torch.zeros(6, 4, 4, dtype=torch.int64)
    truth[:, 0] = 1
    truth[0, 1] = truth[1, 1] = 2
    truth[2, 2] = 3
    found = truth.clone()
    found[0, 1, :2] = found[3, 0, :3] = 0
    drawn = interval_over_pictures(confusion_matrices(found, truth, 4), NAMES)
    assert drawn.class_units == (6, 6, 2, 1, 0)
    low, high = drawn.class_iou_ends[2]
    assert low == 0 < drawn.class_iou[2] < high == 1  # two pictures tell next to nothing
    assert drawn.class_iou[3] == 1 and all(map(math.isnan, drawn.class_iou_ends[3]))
    lines = drawn.of_classes()
    assert lines[2] == "class 1: IoU 0.750 [0.000, 1.000], in 2 pictures"
    assert lines[3] == "class 2: IoU 1.000 [no interval], in 1 picture"
    assert lines[4] == "class 3: neither there nor predicted"


def test_draws_without_pixels_that_count_are_passed_over() -> None:
    truth = torch.full((3, 4, 4), 255)
    truth[0], truth[1, :2] = 0, 1
    found = torch.zeros_like(truth)
    found[1, 0] = 1
    matrices = confusion_matrices(found, truth, 4)
    drawn = draw_units(3, None, seed=0, draws=200)
    scores = scores_of(counts_of(matrices), drawn)[1]
    assert np.isnan(scores).any() and not np.isnan(scores[:, 0]).any()
    ends = interval_over_pictures(matrices, NAMES)
    assert np.isfinite([*ends.mean_iou_ends, *ends.pixel_accuracy_ends]).all()


@pytest.mark.parametrize(
    ("num_pictures", "how", "message"),
    [
        (1, {}, "over pictures needs at least 2 of them, got 1"),
        (3, {"groups": torch.tensor([1, 1, 1])}, "over groups needs .* got 1"),
        (3, {"groups": torch.tensor([1, 1])}, r"3 pictures need .* got groups of shape \(2,\)"),
        (3, {"draws": 1}, "draws must be a whole number from 2, got 1"),
        (3, {"confidence": 95}, "confidence must be strictly between 0 and 1, got 95"),
    ],
)
def test_what_has_no_interval_is_refused(num_pictures: int, how: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        interval_over_pictures(matrices_of(num_pictures, 0), NAMES, **how)
