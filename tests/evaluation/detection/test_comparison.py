"""Verdicts on two detectors, on the same pictures."""

import numpy as np
import pytest

from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.evaluation.detection.comparison import compare_detectors
from tests.helpers.detections import Found, boxed, found, in_groups, random_scenes, repeated

SQUARE = [0.0, 0.0, 5.0, 5.0]
NOTHING = found([], [], [])


def worse(detections: list[Found], share: float, seed: int = 0) -> list[Found]:
    """The same without a ``share`` of them."""
    generator = np.random.default_rng(seed)
    keep = [generator.random(len(each["scores"])) >= share for each in detections]
    return [
        {name: values[kept] for name, values in each.items()}
        for each, kept in zip(detections, keep, strict=True)
    ]


def test_a_detector_that_misses_more_is_told_apart() -> None:
    detections, pictures = random_scenes(80, 0)
    compared = compare_detectors(detections, worse(detections, 0.6), pictures)
    for score in (compared.mean_ap, compared.ap50):
        assert score.verdict == "different" and score.p_value < 0.05
        assert 0 < score.low < score.difference < score.high
        assert score.difference == score.score_a - score.score_b
    other = compare_detectors(worse(detections, 0.6), detections, pictures)
    assert other.ap50.difference == -compared.ap50.difference
    assert other.ap50.high == -compared.ap50.low and other.ap50.verdict == "different"


def test_the_scores_are_those_of_each_alone() -> None:
    detections, pictures = random_scenes(20, 0)
    compared = compare_detectors(detections, worse(detections, 0.3), pictures)
    for side, of in ((detections, "score_a"), (worse(detections, 0.3), "score_b")):
        scores = score_detections(side, pictures)
        assert getattr(compared.mean_ap, of) == pytest.approx(scores.mean_ap)
        assert getattr(compared.ap50, of) == pytest.approx(scores.ap50)


def test_the_same_detections_cannot_be_told_apart() -> None:
    detections, pictures = random_scenes(20, 0)
    score = compare_detectors(detections, detections, pictures).mean_ap
    assert (score.difference, score.low, score.high, score.p_value) == (0, 0, 0, 1)
    assert (score.verdict, score.num_needed) == ("cannot tell", None)


def test_the_interval_ends_at_0_where_the_confidence_is_1_minus_p() -> None:
    detections, pictures = random_scenes(30, 5, num_classes=2)
    sides = detections, worse(detections, 0.15), pictures
    p_value = compare_detectors(*sides).ap50.p_value
    assert 0.05 < p_value < 1
    score = compare_detectors(*sides, confidence=1 - p_value).ap50
    assert min(abs(score.low), abs(score.high)) == pytest.approx(0, abs=1e-9)


def test_both_see_the_same_draws() -> None:
    detections, pictures = random_scenes(40, 0)
    nearly = worse(detections, 0.03)
    width = [
        compared.ap50.high - compared.ap50.low
        for compared in (
            compare_detectors(detections, nearly, pictures),
            compare_detectors(detections, [NOTHING] * 40, pictures),
        )
    ]
    assert width[0] < width[1] / 2  # what both do alike on a picture cancels


@pytest.mark.slow
def test_two_equally_good_detectors_are_rarely_called_different() -> None:
    verdicts = []
    for seed in range(60):
        detections, pictures = random_scenes(40, seed, num_classes=2)
        a, b = (worse(detections, 0.4, seed) for seed in (2 * seed, 2 * seed + 1))
        verdicts.append(compare_detectors(a, b, pictures, draws=100).ap50.verdict)
    assert verdicts.count("different") <= 8  # of 60; 3 are expected, more than 8 once in 200


def test_few_pictures_show_nothing_however_large_the_difference() -> None:
    for number, verdict in ((5, "cannot tell"), (6, "different")):
        pictures = boxed([[SQUARE]] * number, [[0]] * number)
        detections = [found([SQUARE], [0], [0.9])] * number
        score = compare_detectors(detections, [NOTHING] * number, pictures).ap50
        assert score.difference == pytest.approx(1) and score.verdict == verdict
        assert score.p_value == 2 ** (1 - number) and score.num_needed == 6


@pytest.mark.slow
def test_pictures_needed_exceed_those_that_were_not_enough_and_are_enough() -> None:
    detections, pictures = random_scenes(30, 5, num_classes=2)
    other = worse(detections, 0.15)
    score = compare_detectors(detections, other, pictures).ap50
    assert score.verdict == "cannot tell" and score.num_needed > 30
    times = -(-score.num_needed // 30)
    more = repeated(detections, pictures, [times] * 30)
    others = repeated(other, pictures, [times] * 30)[0]
    assert compare_detectors(more[0], others, more[1]).ap50.verdict == "different"


def test_groups_are_the_unit_where_there_are_some() -> None:
    detections, pictures = random_scenes(20, 0)
    grouped = in_groups(pictures, (np.arange(20) // 4).tolist())
    compared = compare_detectors(detections, worse(detections, 0.2), grouped)
    assert (compared.mean_ap.num_units, compared.mean_ap.unit) == (5, "group")
    assert "on the same 5 groups: difference" in str(compared)


def test_the_text_has_the_words_of_every_comparison() -> None:
    detections, pictures = random_scenes(30, 5, num_classes=2)
    compared = compare_detectors(detections, worse(detections, 0.15), pictures)
    first, second = str(compared).split("\n")
    assert first.startswith("mAP: A 0.") and second.startswith("AP50: A 0.")
    assert ", B 0." in first and " on the same 30 pictures: difference " in first
    assert "cannot tell; if that is the true difference, about" in second
    assert second.endswith(" pictures would show it")


def test_a_confidence_that_is_no_share_is_refused() -> None:
    detections, pictures = random_scenes(4, 0)
    with pytest.raises(ValueError, match="confidence must be strictly between 0 and 1, got 95"):
        compare_detectors(detections, detections, pictures, confidence=95)
