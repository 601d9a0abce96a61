"""Verdicts on two segmenters, on the same pictures."""

import numpy as np
import pytest
import torch
from torch import Tensor

from course_utils.evaluation.segmentation.comparison import compare_segmenters
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.scores import score_maps
from tests.helpers.maps import names, random_maps

NAMES = names(4)


def worse(found: list[Tensor], share: float, seed: int = 0) -> list[Tensor]:
    """The same with another class on a ``share`` of the pixels."""
    generator = torch.Generator().manual_seed(seed)
    is_other = (torch.rand(each.shape, generator=generator) < share for each in found)
    return [(each + other) % 5 for each, other in zip(found, is_other, strict=True)]


def two_sides(num_pictures: int, share: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Matrices of maps, and of the same maps a ``share`` worse."""
    found, truth = random_maps(num_pictures, seed)
    return tuple(confusion_matrices(each, truth, 4) for each in (found, worse(found, share)))


def test_a_segmenter_that_misses_more_is_told_apart() -> None:
    a, b = two_sides(60, 0.5)
    compared = compare_segmenters(a, b, NAMES)
    for score in (compared.mean_iou, compared.pixel_accuracy):
        assert score.verdict == "different" and score.p_value < 0.05
        assert 0 < score.low < score.difference < score.high
        assert score.difference == score.score_a - score.score_b
    other = compare_segmenters(b, a, NAMES).mean_iou
    assert (other.difference, other.high) == (-compared.mean_iou.difference, -compared.mean_iou.low)


def test_the_scores_are_those_of_each_alone() -> None:
    a, b = two_sides(20, 0.1)
    compared = compare_segmenters(a, b, NAMES)
    for side, of in ((a, "score_a"), (b, "score_b")):
        scores = score_maps(side, NAMES)
        assert getattr(compared.mean_iou, of) == scores.mean_iou
        assert getattr(compared.pixel_accuracy, of) == scores.pixel_accuracy


def test_the_same_maps_cannot_be_told_apart() -> None:
    a, _ = two_sides(20, 0.1)
    score = compare_segmenters(a, a, NAMES).mean_iou
    assert (score.difference, score.low, score.high, score.p_value) == (0, 0, 0, 1)
    assert (score.verdict, score.num_needed) == ("cannot tell", None)


def test_both_see_the_same_draws() -> None:
    a, b = two_sides(40, 0.02)
    nothing = two_sides(40, 1.0)[1]
    near, far = (compare_segmenters(a, each, NAMES).mean_iou for each in (b, nothing))
    assert near.high - near.low < (far.high - far.low) / 2  # what both do alike cancels


@pytest.mark.slow
def test_two_equally_good_segmenters_are_rarely_called_different() -> None:
    verdicts = []
    for seed in range(60):
        found, truth = random_maps(40, seed)
        a, b = (
            confusion_matrices(worse(found, 0.2, each), truth, 4)
            for each in (2 * seed, 2 * seed + 1)
        )
        verdicts.append(compare_segmenters(a, b, NAMES, draws=100).mean_iou.verdict)
    assert verdicts.count("different") <= 8  # of 60; 3 are expected, more than 8 once in 200


def test_groups_are_the_unit_where_there_are_some() -> None:
    a, b = two_sides(20, 0.1)
    score = compare_segmenters(a, b, NAMES, groups=torch.arange(20) // 4).mean_iou
    assert (score.num_units, score.unit) == (5, "group")
    assert "on the same 5 groups: difference" in str(score)


def test_the_text_has_the_words_of_every_comparison() -> None:
    first, second = str(compare_segmenters(*two_sides(30, 0.1), NAMES)).split("\n")
    assert first.startswith("mean IoU: A 0.") and second.startswith("pixel accuracy: A 0.")
    assert ", B 0." in first and " on the same 30 pictures: difference +0." in first


def test_other_pictures_for_b_are_refused() -> None:
    a, b = two_sides(20, 0.1)
    with pytest.raises(ValueError, match="need the same pictures, got 20 and 19"):
        compare_segmenters(a, b[:19], NAMES)
    with pytest.raises(ValueError, match="picture 0 has other true pixels for A than for B"):
        compare_segmenters(a, b[::-1], NAMES)
    with pytest.raises(ValueError, match="confidence must be strictly between 0 and 1, got 95"):
        compare_segmenters(a, b, NAMES, confidence=95)
