"""The scores are those of COCO's own library, to all digits, and those worked out by hand."""

import math

import numpy as np
import pytest
import torch

from course_utils.evaluation.detection.coco_scores import score_detections
from tests.helpers.detections import boxed, by_cocos_authors, found, random_scenes

SQUARE = [10.0, 10.0, 20.0, 20.0]
ELSEWHERE = [40.0, 40.0, 50.0, 50.0]
# Not ours: pycocotools 2.0.11 hands over arrays as NumPy 1 did.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"ties": True},
        {"crowds": 0.0},
        {"crowds": 0.7, "ties": True},
        {"num_classes": 2, "most": 2, "each": 150},  # more than 100 of a picture and class
        {"num_classes": 2, "most": 1, "each": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(4))
def test_the_scores_are_those_of_cocos_authors_to_all_digits(kind: dict, seed: int) -> None:
    detections, pictures = random_scenes(30, seed, **kind)
    scores, reference = (
        score_detections(detections, pictures),
        by_cocos_authors(detections, pictures),
    )
    ours = scores.mean_ap, scores.ap50, scores.ap75
    assert ours == pytest.approx(reference.stats[:3], rel=1e-14)
    precision = reference.eval["precision"][:, :, :, 0, -1]
    for label, ap in enumerate(scores.class_ap):
        theirs = precision[:, :, label]
        assert ap == pytest.approx(theirs.mean(), rel=1e-14) or (
            math.isnan(ap) and theirs.max() < 0
        )
    assert scores.num_boxes == sum(int(counts.sum()) for counts in pictures.counts)
    assert scores.num_pictures == 30 and 0 < scores.mean_ap < scores.ap50 <= 1


def test_more_than_100_detections_of_a_picture_and_class_are_cut() -> None:
    false, right = [ELSEWHERE] * 100, [SQUARE]
    detections = found(false + right, [0] * 101, [0.9] * 100 + [0.1])
    assert score_detections([detections], boxed([[SQUARE]], [[0]])).mean_ap == 0
    detections = found(false[1:] + right, [0] * 100, [0.9] * 99 + [0.1])
    assert score_detections([detections], boxed([[SQUARE]], [[0]])).mean_ap == pytest.approx(0.01)


def test_average_precision_is_that_worked_out_by_hand() -> None:
    # Two boxes; the surest detection finds one, the next none, the third the other, at IoU 0.8.
    shifted = [40.0, 40.0, 50.0, 48.0]
    detections = found([SQUARE, [0, 0, 5, 5], shifted], [0, 0, 0], [0.9, 0.8, 0.7])
    scores = score_detections([detections], boxed([[SQUARE, ELSEWHERE]], [[0, 0]]))
    half, whole = 51 / 101, (51 + 50 * 2 / 3) / 101  # recall of 0.00 to 0.50, and all
    assert (scores.ap50, scores.ap75) == pytest.approx((whole, whole))
    assert scores.mean_ap == pytest.approx((7 * whole + 3 * half) / 10)  # 0.5 to 0.8, then not


def test_a_detector_that_finds_nothing_has_0() -> None:
    nothing = found([], [], [])
    scores = score_detections([nothing] * 2, boxed([[SQUARE], []], [[0], []]))
    assert (scores.mean_ap, scores.ap50, scores.ap75) == (0, 0, 0)


def test_a_class_without_boxes_is_nan_and_not_in_the_mean() -> None:
    pictures = boxed([[SQUARE]], [[1]], num_classes=3)
    detections = found([SQUARE, SQUARE], [1, 2], [0.9, 0.8])
    scores = score_detections([detections], pictures)
    assert np.isnan(scores.class_ap).tolist() == [True, False, True]
    assert scores.class_ap[1] == scores.mean_ap == pytest.approx(1)


def test_what_does_not_count_is_neither_missed_nor_false() -> None:
    crowd, inside = [30.0, 30.0, 60.0, 60.0], [32.0, 32.0, 40.0, 40.0]
    pictures = boxed([[SQUARE, crowd]], [[0, 0]], [[True, False]])
    alone = score_detections([found([SQUARE], [0], [0.5])], pictures)
    several = found([SQUARE, crowd, crowd, inside], [0] * 4, [0.5, 0.9, 0.8, 0.7])
    assert alone.mean_ap == score_detections([several], pictures).mean_ap == pytest.approx(1)
    assert alone.num_boxes == 1
    of_another_class = boxed([[SQUARE, crowd]], [[0, 1]], [[True, False]], num_classes=2)
    assert score_detections([several], of_another_class).mean_ap == pytest.approx(0.25)


def test_the_text_says_scores_pictures_and_boxes() -> None:
    scores = score_detections([found([SQUARE], [0], [0.5])], boxed([[SQUARE]], [[0]]))
    assert str(scores) == "mAP 1.000, AP50 1.000, AP75 1.000 on 1 picture with 1 box"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"boxes": torch.tensor([[1.0, 2.0, 0.5, 9.0]])}, "picture 0 .0.png.: a box ends before"),
        ({"boxes": torch.tensor([[1.0, 2.0, float("nan"), 9.0]])}, "not finite"),
        ({"scores": torch.tensor([float("nan")])}, "not finite"),
        ({"labels": torch.tensor([2])}, r"labels must be from 0 to 1, got \[2\]"),
        ({"labels": torch.tensor([-1])}, r"labels must be from 0 to 1, got \[-1\]"),
        ({"scores": torch.tensor([0.5, 0.4])}, r"got \(1, 4\), \(1,\), \(2,\)"),
        ({"boxes": torch.zeros(4)}, r"got \(4,\)"),
    ],
)
def test_detections_that_cannot_be_scored_are_refused(changed: dict, message: str) -> None:
    pictures = boxed([[SQUARE]], [[0]], num_classes=2)
    with pytest.raises(ValueError, match=message):
        score_detections([found([SQUARE], [0], [0.5]) | changed], pictures)


def test_detections_without_scores_or_of_other_pictures_are_refused() -> None:
    pictures, one = boxed([[SQUARE]], [[0]]), found([SQUARE], [0], [0.5])
    with pytest.raises(ValueError, match="its detections lack labels, scores"):
        score_detections([{"boxes": one["boxes"]}], pictures)
    with pytest.raises(ValueError, match="there are 1 pictures and detections for 2"):
        score_detections([one, one], pictures)


def test_pictures_without_a_box_that_counts_cannot_be_scored_on() -> None:
    nothing = found([], [], [])
    for pictures in (boxed([[], []], [[], []]), boxed([[SQUARE], []], [[0], []], [[False], []])):
        with pytest.raises(ValueError, match="none of the 2 pictures has a box that counts"):
            score_detections([nothing, nothing], pictures)
