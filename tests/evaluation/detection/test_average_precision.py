"""Weighted average precision is COCO's with weights of one, and that of repeated pictures."""

import numpy as np
import pytest

from course_utils.evaluation.detection import average_precision as module
from course_utils.evaluation.detection.average_precision import average_precision, mean_ap_and_ap50
from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.evaluation.detection.matching import match_detections
from tests.helpers.detections import boxed, found, random_scenes, repeated

KINDS = [{}, {"crowds": 0.0}, {"crowds": 0.6}, {"most": 2, "each": 60, "num_classes": 2}]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, {"ties": True}], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_with_weights_of_one_it_is_the_librarys(kind: dict, seed: int) -> None:
    detections, pictures = random_scenes(30, seed, **kind)
    ap = average_precision(match_detections(detections, pictures), np.ones((2, 30), dtype=int))
    scores = score_detections(detections, pictures)
    assert ap.shape == (2, 10, pictures.num_classes)
    assert ap[0].mean(axis=0) == pytest.approx(scores.class_ap, abs=1e-12, nan_ok=True)
    mean_ap, ap50 = mean_ap_and_ap50(ap)
    assert mean_ap == pytest.approx([scores.mean_ap] * 2, abs=1e-12)
    assert ap50 == pytest.approx([scores.ap50] * 2, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_with_other_weights_it_is_the_librarys_of_pictures_repeated_as_often(kind: dict) -> None:
    detections, pictures = random_scenes(15, 3, **kind)
    weights = np.random.default_rng(0).multinomial(15, [1 / 15] * 15, size=6)
    matches = match_detections(detections, pictures)
    mean_ap, ap50 = mean_ap_and_ap50(average_precision(matches, weights))
    for row, times in enumerate(weights):
        scores = score_detections(*repeated(detections, pictures, times))
        assert mean_ap[row] == pytest.approx(scores.mean_ap, abs=1e-12)
        assert ap50[row] == pytest.approx(scores.ap50, abs=1e-12)
    assert len(set(mean_ap.round(6))) == 6  # weights matter


def test_what_does_not_fit_at_once_is_computed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    detections, pictures = random_scenes(15, 3)
    weights = np.random.default_rng(0).multinomial(15, [1 / 15] * 15, size=20)
    matches = match_detections(detections, pictures)
    whole = average_precision(matches, weights)
    sizes = []
    of_class = module._of_class

    def watched(*given: np.ndarray) -> np.ndarray:
        sizes.append(len(given[1]) * len(given[2]))
        return of_class(*given)

    monkeypatch.setattr(module, "AT_ONCE", 300)
    monkeypatch.setattr(module, "_of_class", watched)
    assert np.array_equal(average_precision(matches, weights), whole, equal_nan=True)
    assert max(sizes) <= 300 and len(sizes) > 4


def test_a_class_that_was_not_drawn_is_nan_and_not_in_the_mean() -> None:
    square = [0.0, 0.0, 5.0, 5.0]
    pictures = boxed([[square], [square], []], [[0], [1], []], num_classes=2)
    right, wrong = found([square], [0], [0.9]), found([[9, 9, 12, 12]], [1], [0.8])
    matches = match_detections([right, wrong, found([], [], [])], pictures)
    ap = average_precision(matches, np.array([[1, 1, 1], [2, 0, 1], [0, 3, 0], [0, 0, 3]]))
    mean_ap, ap50 = mean_ap_and_ap50(ap)
    expected = pytest.approx([0.5, 1, 0, np.nan], nan_ok=True)
    assert mean_ap == expected and ap50 == expected


def test_false_detections_of_a_picture_weigh_as_often_as_it_was_drawn() -> None:
    square = [0.0, 0.0, 5.0, 5.0]
    pictures = boxed([[square], []], [[0], []])
    detections = [found([square], [0], [0.5]), found([square], [0], [0.9])]
    ap = average_precision(
        match_detections(detections, pictures), np.array([[1, 0], [1, 1], [1, 3]])
    )
    assert ap[:, 0, 0] == pytest.approx([1, 1 / 2, 1 / 4])
