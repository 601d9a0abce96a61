"""Folds: each example once, classes evenly, groups in one piece."""

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.data.folds import deal_folds


def examples(labels: torch.Tensor, groups: torch.Tensor | None = None) -> LabelledImages:
    names = tuple("abcdefgh"[: int(labels.max()) + 1])
    return LabelledImages(torch.zeros(len(labels), 1, 2, 2), labels, names, groups=groups)


LABELS = torch.arange(90) % 3


def test_each_class_is_dealt_evenly_and_again_the_same() -> None:
    fold = deal_folds(examples(LABELS), 4, seed=1)
    for label in range(3):
        counts = fold[label == LABELS].bincount(minlength=4)
        assert counts.sum() == 30 and counts.max() - counts.min() <= 1
    assert fold.equal(deal_folds(examples(LABELS), 4, seed=1))
    assert not fold.equal(deal_folds(examples(LABELS), 4, seed=2))


@pytest.mark.parametrize("seed", range(3))
def test_a_group_stays_in_one_fold(seed: int) -> None:
    groups = torch.arange(90) // 6  # each holds all classes
    fold = deal_folds(examples(LABELS, groups), 3, seed)
    assert all(len(fold[groups == number].unique()) == 1 for number in range(15))
    assert fold.bincount().tolist() == [30, 30, 30]


def test_there_are_no_more_folds_than_a_class_has_groups() -> None:
    labels = torch.tensor([0] * 20 + [1] * 3)
    assert deal_folds(examples(labels), 5, 0).max() == 2
    groups = torch.arange(23)
    groups[20:22] = 20
    fold = deal_folds(examples(labels, groups), 5, 0)
    assert fold.max() == 1 and fold[20] == fold[21] != fold[22]


def test_a_class_of_one_group_is_refused_by_name() -> None:
    labels = torch.tensor([0] * 6 + [1] * 3)
    groups = torch.tensor([0, 1, 2, 3, 4, 5, 6, 6, 6])
    with pytest.raises(ValueError, match=r"class 'b' has 3 pictures .* all of one group"):
        deal_folds(examples(labels, groups), 3, 0)
    with pytest.raises(ValueError, match="class 'b' has 1 pictures"):
        deal_folds(examples(torch.tensor([0, 0, 1])), 2, 0)
