"""Sizes that the data are too small for are refused with the parameter and the most it can be."""

from collections.abc import Mapping, Sequence

import pytest
import torch

from course_utils.data.enough import check_enough
from course_utils.data.examples import LabelledImages
from course_utils.data.splits import SealedTestSet, Split


def part(counts: Sequence[int]) -> LabelledImages:
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    return LabelledImages(torch.zeros(len(labels), 1, 2, 2), labels, ("cat", "dog", "owl"))


def split_of(
    train: Sequence[int] = (18, 20, 22),
    val: Sequence[int] = (8, 8, 9),
    test: Sequence[int] = (9, 9, 9),
) -> Split:
    return Split(part(train), part(val), SealedTestSet(part(test)))


def test_what_there_is_may_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    check_enough(
        split_of(),
        labels={"labels_per_class": [1, 10, 18], "tuning_labels": 18},
        from_val={"num_val": 24, "val_sizes": [3, 24]},
        at_once={"batch_size": 2},
    )
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (
            {"labels": {"labels_per_class": [1, 10, 50]}},
            "labels_per_class asks for 50 labels, but class 'cat' has 18 pictures for training: "
            "labels_per_class can be at most 18",
        ),
        (
            {"labels": {"labels_per_class": [1], "tuning_labels": 19}},
            "tuning_labels asks for 19 labels, but class 'cat' has 18 pictures for training: "
            "tuning_labels can be at most 18",
        ),
        (
            {"from_val": {"num_val": 25}},
            "num_val asks for 25 pictures, but of 25 validation pictures at least one must be left "
            "over: num_val can be at most 24",
        ),
        (
            {"from_val": {"val_sizes": [5, 200]}},
            "val_sizes asks for 200 pictures, but of 25 validation pictures at least one must be "
            "left over: val_sizes can be at most 24",
        ),
        (
            {"at_once": {"batch_size": 1}},
            "batch_size must be at least 2, got 1: batch norm in train mode cannot take one "
            "picture alone",
        ),
    ],
)
def test_more_is_refused_with_the_parameter_and_the_most_it_can_be(
    sizes: Mapping[str, Mapping[str, int | Sequence[int]]], message: str
) -> None:
    with pytest.raises(ValueError) as error:
        check_enough(split_of(), **sizes)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (split_of(val=(0, 1, 0)), "the validation part has 1 picture, too few"),
        (split_of(test=(0, 0, 0)), "the test part has 0 pictures, too few"),
        (split_of(train=(0, 0, 0)), "the training part has 0 pictures, too few"),
        (split_of(train=(4, 0, 4)), "class 'dog' has no pictures for training"),
    ],
)
def test_a_part_of_nothing_is_refused(split: Split, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_enough(split)


def test_a_class_that_cannot_be_chosen_on_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    check_enough(split_of(val=(5, 0, 5)))
    assert capsys.readouterr().out == (
        "The validation part has no pictures of 'dog': what is chosen on it says nothing about "
        "them.\n"
    )
