"""How many pictures there are of each class, in words."""

import pytest
import torch

from course_utils.data.class_mix import (
    class_weights,
    describe_mix,
    is_unbalanced,
    largest_class,
)
from course_utils.data.examples import LabelledImages


def with_counts(*counts: int) -> LabelledImages:
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    names = ("ant", "bee", "cat")[: len(counts)]
    return LabelledImages(torch.zeros(len(labels), 1, 2, 2), labels, names)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((4, 4, 4), "12 pictures of 3 classes, 4 of each"),
        ((4, 5, 4), "13 pictures of 3 classes, 4 to 5 of each"),
        ((30, 20), "50 pictures of 2 classes, 20 to 30 of each"),
        ((31, 20), "51 pictures of 2 classes, unbalanced: from 20 (bee) to 31 (ant)"),
        ((0, 2000), "2,000 pictures of 2 classes, unbalanced: from 0 (ant) to 2,000 (bee)"),
    ],
)
def test_the_mix_is_said_and_whether_it_is_unbalanced(counts: tuple[int, ...], said: str) -> None:
    assert describe_mix(with_counts(*counts)) == said


def test_the_largest_class_is_the_first_of_several() -> None:
    assert largest_class(with_counts(3, 7, 7)) == 1


@pytest.mark.parametrize(
    ("counts", "expected"), [((30, 20), False), ((31, 20), True), ((5, 0), True), ((7,), False)]
)
def test_more_than_one_and_a_half_times_is_unbalanced(
    counts: tuple[int, ...], expected: bool
) -> None:
    assert is_unbalanced(with_counts(*counts)) is expected


def test_weights_make_all_classes_count_the_same_and_have_mean_1() -> None:
    weights = class_weights(with_counts(1, 0, 3))
    assert weights.tolist() == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])
