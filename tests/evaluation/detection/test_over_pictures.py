"""Intervals come from drawing pictures, and groups where pictures belong together."""

import numpy as np
import pytest

from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.evaluation.detection.over_pictures import (
    draw_pictures,
    interval_over_pictures,
    scores_of,
)
from tests.helpers.detections import boxed, found, in_groups, random_scenes, repeated

SQUARE = [0.0, 0.0, 5.0, 5.0]


def test_the_scores_are_those_of_the_library_and_lie_within_their_intervals() -> None:
    detections, pictures = random_scenes(40, 0)
    scores, drawn = (
        score_detections(detections, pictures),
        interval_over_pictures(detections, pictures),
    )
    assert (drawn.mean_ap, drawn.ap50) == pytest.approx((scores.mean_ap, scores.ap50))
    for score, (low, high) in ((drawn.mean_ap, drawn.mean_ap_ends), (drawn.ap50, drawn.ap50_ends)):
        assert 0 <= low < score < high <= 1
    assert str(drawn) == (
        f"mAP {drawn.mean_ap:.3f} [{drawn.mean_ap_ends[0]:.3f}, {drawn.mean_ap_ends[1]:.3f}], "
        f"AP50 {drawn.ap50:.3f} [{drawn.ap50_ends[0]:.3f}, {drawn.ap50_ends[1]:.3f}] "
        "over 40 pictures"
    )


@pytest.mark.slow
def test_the_interval_is_about_as_wide_as_scores_of_other_pictures_differ() -> None:
    each = [random_scenes(60, seed, num_classes=2) for seed in range(60)]
    intervals = [interval_over_pictures(*scenes, draws=200) for scenes in each]
    half = [(drawn.ap50_ends[1] - drawn.ap50_ends[0]) / 2 for drawn in intervals]
    spread = np.std([drawn.ap50 for drawn in intervals], ddof=1)
    assert np.mean(half) / 2 == pytest.approx(spread, rel=0.35)  # 60 spreads are known to 10 %


def test_draws_repeat_with_their_seed_alone() -> None:
    scenes = random_scenes(20, 0)
    first, again, other = (interval_over_pictures(*scenes, seed=seed) for seed in (3, 3, 4))
    assert first == again != other
    assert first.mean_ap == other.mean_ap


def test_copies_in_one_group_are_worth_no_more_than_one_picture() -> None:
    detections, pictures = random_scenes(12, 1, num_classes=2)
    copies = repeated(detections, pictures, [4] * 12)
    alone = interval_over_pictures(detections, pictures)
    taken_apart = interval_over_pictures(*copies)
    groups = np.arange(12).repeat(4).tolist()
    together = interval_over_pictures(copies[0], in_groups(copies[1], groups))
    assert (together.num_units, together.unit, str(together)[-14:]) == (
        12,
        "group",
        "over 12 groups",
    )
    width = {
        name: np.diff(drawn.ap50_ends)[0]
        for name, drawn in (("one", alone), ("apart", taken_apart), ("groups", together))
    }
    assert width["groups"] == pytest.approx(width["one"], rel=0.15)
    assert width["apart"] < 0.6 * width["one"]


def test_whole_groups_are_drawn_as_many_as_there_are() -> None:
    pictures = in_groups(boxed([[SQUARE]] * 6, [[0]] * 6), [5, 5, 7, 9, 9, 9])
    drawn = draw_pictures(pictures, seed=0, draws=50)
    assert drawn.weights.shape == (51, 6) and (drawn.weights[0] == 1).all()
    first = drawn.weights[:, [0, 2, 3]]
    assert (first[1:].sum(axis=1) == 3).all() and (first.std(axis=1) > 0).any()
    assert np.array_equal(drawn.weights, first[:, [0, 0, 1, 2, 2, 2]])
    alone = draw_pictures(in_groups(pictures, [4, 3, 2, 1, 0, 9]), seed=0, draws=5)
    assert (alone.num_units, alone.unit) == (6, "picture")


def test_draws_without_boxes_are_passed_over() -> None:
    pictures = boxed([[SQUARE], [SQUARE], []], [[0], [0], []])
    detections = [found([SQUARE], [0], [0.9]), found([], [], []), found([SQUARE], [0], [0.8])]
    drawn = draw_pictures(pictures, seed=0, draws=200)
    scores = scores_of(detections, pictures, drawn)
    assert np.isnan(scores).any() and not np.isnan(scores[:, 0]).any()
    found_ends = interval_over_pictures(detections, pictures)
    assert np.isfinite([*found_ends.mean_ap_ends, *found_ends.ap50_ends]).all()


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (boxed([[SQUARE]], [[0]]), "over pictures needs at least 2 of them, got 1"),
        (in_groups(boxed([[SQUARE]] * 3, [[0]] * 3), [1, 1, 1]), "over groups needs .* got 1"),
        (boxed([[], []], [[], []]), "none of the 2 pictures has a box that counts"),
    ],
)
def test_what_has_no_interval_is_refused(pictures: object, message: str) -> None:
    nothing = [found([], [], [])] * len(pictures)
    with pytest.raises(ValueError, match=message):
        interval_over_pictures(nothing, pictures)


def test_settings_out_of_range_are_refused() -> None:
    scenes = random_scenes(4, 0)
    with pytest.raises(ValueError, match="draws must be a whole number from 2, got 1"):
        interval_over_pictures(*scenes, draws=1)
    with pytest.raises(ValueError, match="confidence must be strictly between 0 and 1, got 95"):
        interval_over_pictures(*scenes, confidence=95)
