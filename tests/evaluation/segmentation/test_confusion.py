"""Confusion matrices are those of scikit-learn, one for each picture."""

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from course_utils.evaluation.segmentation.confusion import confusion_matrices
from tests.helpers.maps import random_maps


def test_each_picture_has_the_matrix_of_scikit_learn_over_what_counts() -> None:
    found, truth = random_maps(12, 0, sizes=((12, 12), (8, 20), (31, 7)))
    matrices = confusion_matrices(found, truth, 4)
    assert matrices.shape == (12, 5, 5) and matrices.dtype == np.int64
    for matrix, seen, true in zip(matrices, found, truth, strict=True):
        counts = true != 255
        assert 0 < counts.sum() < counts.numel()
        theirs = confusion_matrix(true[counts], seen[counts], labels=range(5))
        assert np.array_equal(matrix, theirs)


def test_rows_are_the_truth_and_ignored_pixels_are_not_counted() -> None:
    truth = torch.tensor([[0, 0, 2], [1, 255, 255]])
    found = torch.tensor([[0, 2, 2], [2, 1, 0]])
    (matrix,) = confusion_matrices([found], [truth], 2)
    assert matrix.tolist() == [[1, 0, 1], [0, 0, 1], [0, 0, 1]]


def test_one_tensor_and_small_whole_numbers_will_do() -> None:
    found, truth = map(torch.stack, random_maps(5, 1))
    expected = confusion_matrices(list(found), list(truth), 4)
    assert np.array_equal(confusion_matrices(found, truth, 4), expected)
    assert np.array_equal(confusion_matrices(found.byte(), truth.byte(), 4), expected)


def test_254_classes_are_not_cut_by_small_numbers() -> None:
    truth = torch.tensor([[254, 255]], dtype=torch.uint8)
    (matrix,) = confusion_matrices([truth.where(truth < 255, 0)], [truth], 254)
    assert matrix.sum() == 1 and matrix[254, 254] == 1
    with pytest.raises(ValueError, match="num_classes must be from 1 to 254, got 255"):
        confusion_matrices([truth], [truth], 255)


@pytest.mark.parametrize(
    ("found", "truth", "message"),
    [
        ([], [], "there are 0 pictures"),
        ([[[0]]], [[[0]], [[0]]], "there are 2 pictures and predicted maps for 1"),
        (
            [[[0]], [[0, 0]]],
            [[[0]], [[0]]],
            r"picture 1: the predicted map is \(1, 2\) and the true one \(1, 1\)",
        ),
        ([[[[0]]]], [[[[0]]]], r"picture 0: the predicted map is \(1, 1, 1\) .* must be \(H, W\)"),
        ([[[0.0]]], [[[0]]], "the predicted map is torch.float32; classes are whole numbers"),
        ([[[0]]], [[[True]]], "the true map is torch.bool"),
        ([[[255]]], [[[255]]], "predicted classes must be from 0 to 2, got 255"),
        ([[[-1]]], [[[0]]], "predicted classes must be from 0 to 2, got -1"),
        ([[[0, 0]]], [[[7, 3]]], "true classes must be from 0 to 2, or 255 .*, got 3, 7"),
    ],
)
def test_what_cannot_be_counted_is_refused(found: list, truth: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        confusion_matrices(list(map(torch.tensor, found)), list(map(torch.tensor, truth)), 2)
