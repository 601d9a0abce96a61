"""Detections find the boxes that COCO's own library says they find."""

import numpy as np
import pytest

from course_utils.evaluation.detection.matching import (
    IOU_THRESHOLDS,
    NONE,
    match_detections,
    place_of,
)
from tests.helpers.detections import boxed, by_cocos_authors, found, random_scenes

# Not ours: pycocotools 2.0.11 hands over arrays as NumPy 1 did.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [{}, {"ties": True}, {"crowds": 0.6, "ties": True}, {"most": 2, "each": 150}],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_every_detection_finds_the_box_that_cocos_authors_say(kind: dict, seed: int) -> None:
    detections, pictures = random_scenes(20, seed, **kind)
    matches = match_detections(detections, pictures)
    starts = np.cumsum([1, *map(len, pictures.boxes)])  # their numbers of boxes go on
    seen = 0
    for entry in by_cocos_authors(detections, pictures).evalImgs:
        if entry is None or entry["aRng"][0] != 0 or entry["aRng"][1] < 1e9:
            continue
        picture, label = entry["image_id"] - 1, entry["category_id"] - 1
        mine = (matches.pictures == picture) & (matches.labels == label)
        assert matches.scores[mine].tolist() == entry["dtScores"]
        boxes = matches.boxes[:, mine]
        assert np.array_equal(
            np.where(boxes == NONE, 0, boxes + starts[picture]), entry["dtMatches"]
        )
        assert np.array_equal(matches.is_left_out[:, mine], entry["dtIgnore"] > 0)
        is_right = (entry["dtMatches"] > 0) & ~(entry["dtIgnore"] > 0)
        assert np.array_equal(matches.is_right[:, mine], is_right)
        assert matches.num_boxes[picture, label] == (entry["gtIgnore"] == 0).sum()
        seen += mine.sum()
    assert seen == len(matches.scores) > 100
    assert np.array_equal(by_cocos_authors(detections, pictures).params.iouThrs, IOU_THRESHOLDS)


def test_the_surest_chooses_first_and_each_box_is_found_once() -> None:
    box, near = [0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 9.0]
    matches = match_detections(
        [found([box, near], [0, 0], [0.3, 0.9])], boxed([[box]], [[0]]), np.array([0.5])
    )
    assert matches.places.tolist() == [1, 0]  # the surest first
    assert matches.boxes.tolist() == [[0, NONE]]
    assert matches.is_right.tolist() == [[True, False]]


def test_places_are_those_in_the_picture_whatever_their_order() -> None:
    detections, pictures = random_scenes(10, 0)
    matches = match_detections(detections, pictures)
    for row, (picture, place) in enumerate(zip(matches.pictures, matches.places, strict=True)):
        assert detections[picture]["scores"][place] == matches.scores[row]
        assert detections[picture]["labels"][place] == matches.labels[row]
    assert (np.diff(matches.scores) <= 0).all()


def test_pictures_without_detections_have_no_rows() -> None:
    pictures = boxed([[[0, 0, 5, 5]], []], [[0], []])
    matches = match_detections([found([], [], [])] * 2, pictures)
    assert matches.boxes.shape == matches.is_right.shape == (10, 0)
    assert matches.num_boxes.tolist() == [[1], [0]]


def test_a_threshold_is_found_although_computers_hold_it_inexactly() -> None:
    assert [place_of(threshold) for threshold in (0.5, 0.75, 0.95)] == [0, 5, 9]
