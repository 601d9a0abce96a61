"""Scores come from one matrix over the data set, and are those of scikit-learn."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, jaccard_score

from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.scores import score_maps
from tests.helpers.maps import names, random_maps

ALL_DIGITS = {"rel": 1e-15, "abs": 0}


def flat(found: list, truth: list) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted classes of all pixels that count, one after the other."""
    true, seen = (torch.cat([each.flatten() for each in maps]).numpy() for maps in (truth, found))
    return true[true != 255], seen[true != 255]


@pytest.mark.parametrize("seed", range(5))
def test_they_are_scikit_learns_to_all_digits(seed: int) -> None:
    found, truth = random_maps(20, seed, sizes=((12, 12), (9, 17)))
    scores = score_maps(confusion_matrices(found, truth, 4), names(4))
    both = flat(found, truth)
    assert scores.class_iou == pytest.approx(jaccard_score(*both, average=None), **ALL_DIGITS)
    assert scores.mean_iou == pytest.approx(jaccard_score(*both, average="macro"), **ALL_DIGITS)
    assert scores.class_dice == pytest.approx(f1_score(*both, average=None), **ALL_DIGITS)
    assert scores.pixel_accuracy == accuracy_score(*both)
    assert (scores.num_pictures, scores.num_pixels) == (20, len(both[0]))


def test_a_class_that_is_nowhere_is_left_out() -> None:
    found, truth = random_maps(20, 0)
    scores = score_maps(confusion_matrices(found, truth, 4), names(4))
    more = score_maps(confusion_matrices(found, truth, 6), names(6))
    assert all(map(math.isnan, more.class_iou[5:] + more.class_dice[5:]))
    assert more.class_iou[:5] == scores.class_iou
    assert more.mean_iou == scores.mean_iou == pytest.approx(np.mean(scores.class_iou))
    assert str(scores).startswith(f"mean IoU {scores.mean_iou:.3f} over 5 classes, ")
    assert str(more) == (
        f"mean IoU {scores.mean_iou:.3f} over 5 of 7 classes, pixel accuracy "
        f"{scores.pixel_accuracy:.3f} on 20 pictures with {scores.num_pixels:,} pixels"
    )


def test_a_class_that_is_only_predicted_or_only_there_scores_0() -> None:
    truth, found = torch.tensor([[0, 0, 1]]), torch.tensor([[0, 2, 0]])
    scores = score_maps(confusion_matrices([found], [truth], 3), names(3))
    assert scores.class_iou[:3] == pytest.approx((1 / 3, 0, 0)) and math.isnan(scores.class_iou[3])
    assert scores.class_dice[:3] == pytest.approx((1 / 2, 0, 0))
    assert scores.mean_iou == pytest.approx(1 / 9)


def test_it_is_no_mean_over_pictures() -> None:
    """By hand: class 1 has 1 + 10 right pixels of 10 + 10, so its IoU is 11 / 20."""
    truth = [torch.ones(1, 10, dtype=torch.int64)] * 2
    found = [torch.tensor([[1] + 9 * [0]]), truth[1]]
    scores = score_maps(confusion_matrices(found, truth, 1), names(1))
    assert scores.class_iou == pytest.approx((0, 11 / 20))
    assert scores.mean_iou == pytest.approx(11 / 40)


def test_background_everywhere_has_a_high_accuracy_and_a_low_mean_iou() -> None:
    truth = random_maps(30, 0)[1]
    found = [torch.zeros_like(each) for each in truth]
    scores = score_maps(confusion_matrices(found, truth, 4), names(4))
    assert scores.pixel_accuracy == scores.class_iou[0] > 0.7
    assert scores.class_iou[1:] == (0, 0, 0, 0)
    assert scores.mean_iou == pytest.approx(scores.pixel_accuracy / 5)


@pytest.mark.parametrize(
    ("matrices", "num_names", "message"),
    [
        (np.ones((2, 3, 3), dtype=np.int64), 2, "3 classes need as many names, .* got 2"),
        (np.ones((3, 3), dtype=np.int64), 3, r"confusion matrices must be .* of shape \(3, 3\)"),
        (np.ones((2, 3, 3)), 3, "confusion matrices must be .* got float64"),
        (np.zeros((2, 3, 3), dtype=np.int64), 3, "none of the pixels of 2 pictures counts"),
        (np.zeros((0, 3, 3), dtype=np.int64), 3, "none of the pixels of 0 pictures counts"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    matrices: np.ndarray, num_names: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        score_maps(matrices, names(num_names - 1))
