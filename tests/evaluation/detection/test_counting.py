"""Right, missed and false boxes at one score and one IoU."""

import numpy as np
import pytest

from course_utils.evaluation.detection.counting import count_matches
from tests.helpers.detections import boxed, found, random_scenes

A, B, FAR = [0.0, 0.0, 10.0, 10.0], [20.0, 20.0, 30.0, 30.0], [50.0, 50.0, 60.0, 60.0]


def test_each_box_and_detection_is_right_missed_or_false() -> None:
    pictures = boxed([[A, B], [A]], [[0, 1], [0]], num_classes=2)
    detections = [
        found([FAR, A, A], [1, 0, 0], [0.9, 0.6, 0.7]),
        found([A], [1], [0.8]),  # the right place, another class
    ]
    counts = count_matches(detections, pictures)
    assert (counts.right, counts.missed, counts.false) == ((1, 0), (1, 1), (1, 2))
    first, second = counts.pictures
    assert first.is_right.tolist() == [False, False, True]  # the surer of the two
    assert first.is_false.tolist() == [True, True, False]
    assert first.box_of.tolist() == [-1, -1, 0]
    assert first.is_missed.tolist() == [False, True]
    assert (second.is_right.tolist(), second.is_missed.tolist()) == ([False], [True])
    assert str(counts) == "1 of 3 boxes found, 2 missed, 3 false"


def test_below_the_score_nothing_is_shown() -> None:
    pictures = boxed([[A, B]], [[0, 0]])
    detections = [found([A, B, FAR], [0, 0, 0], [0.9, 0.5, 0.25])]
    for min_score, expected in (
        (0.25, (2, 0, 1)),
        (0.26, (2, 0, 0)),
        (0.6, (1, 1, 0)),
        (1, (0, 2, 0)),
    ):
        counts = count_matches(detections, pictures, min_score=min_score)
        assert (counts.right[0], counts.missed[0], counts.false[0]) == expected
    (picture,) = count_matches(detections, pictures, min_score=0.6).pictures
    assert picture.is_right.tolist() == [True, False, False] and not picture.is_false.any()
    assert picture.box_of.tolist() == [0, -1, -1]


def test_a_detection_must_overlap_enough() -> None:
    detections = [found([[0, 0, 10, 7]], [0], [0.9])]  # IoU 0.7
    for min_iou, right in ((0.5, 1), (0.7, 1), (0.71, 0)):
        counts = count_matches(detections, boxed([[A]], [[0]]), min_iou=min_iou)
        assert (counts.right[0], counts.missed[0], counts.false[0]) == (right, 1 - right, 1 - right)


def test_what_does_not_count_is_neither_missed_nor_makes_a_detection_false() -> None:
    pictures = boxed([[A, B]], [[0, 0]], [[True, False]])
    counts = count_matches([found([B, B, A], [0, 0, 0], [0.9, 0.8, 0.7])], pictures)
    assert (counts.right, counts.missed, counts.false) == ((1,), (0,), (0,))
    (picture,) = counts.pictures
    assert picture.is_right.tolist() == [False, False, True] and not picture.is_false.any()
    assert picture.box_of.tolist() == [1, 1, 0] and not picture.is_missed.any()
    (picture,) = count_matches([found([], [], [])], pictures).pictures
    assert picture.is_missed.tolist() == [True, False]


def test_a_scene_without_boxes_has_only_false_ones() -> None:
    counts = count_matches([found([A], [0], [0.9])], boxed([[]], [[]]))
    assert (counts.right, counts.missed, counts.false) == ((0,), (0,), (1,))


@pytest.mark.parametrize("min_score", [0.0, 0.3, 0.8])
def test_pictures_add_up_to_the_counts_and_a_cut_before_is_the_same(min_score: float) -> None:
    detections, pictures = random_scenes(30, 0)
    counts = count_matches(detections, pictures, min_score=min_score)
    right, missed, false = np.zeros((3, 4), dtype=int)
    for number, picture in enumerate(counts.pictures):
        mine, theirs = detections[number]["labels"], pictures.labels[number]
        right += mine[picture.is_right].bincount(minlength=4).numpy()
        false += mine[picture.is_false].bincount(minlength=4).numpy()
        missed += theirs[picture.is_missed].bincount(minlength=4).numpy()
        places = picture.box_of[picture.is_right]
        assert len(places.unique()) == len(places)  # no box is found twice
        assert (theirs[places] == mine[picture.is_right]).all()
        assert (~picture.is_missed[places]).all() and pictures.counts[number][places].all()
    totals = tuple(tuple(each.tolist()) for each in (right, missed, false))
    assert totals == (counts.right, counts.missed, counts.false)
    cut = [
        {name: values[each["scores"] >= min_score] for name, values in each.items()}
        for each in detections
    ]
    again = count_matches(cut, pictures)
    assert (again.right, again.missed, again.false) == totals
    assert sum(counts.right) > 0


@pytest.mark.parametrize("min_iou", [0, 1.1])
def test_an_iou_out_of_range_is_refused(min_iou: float) -> None:
    with pytest.raises(ValueError, match="min_iou must be above 0 and at most 1"):
        count_matches([found([], [], [])], boxed([[A]], [[0]]), min_iou=min_iou)
