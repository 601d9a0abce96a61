"""Splits: the same mix everywhere, nothing twice, nothing lost; and the seal on the test set."""

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import (
    SealedError,
    SealedTestSet,
    Split,
    split_three_ways,
    take_per_class,
)

COUNTS = {"a": 40, "b": 100, "c": 61}


@pytest.fixture
def examples() -> LabelledImages:
    """201 examples in random order, each recognisable by its one pixel."""
    labels = torch.arange(3).repeat_interleave(torch.tensor(list(COUNTS.values())))
    labels = labels[torch.randperm(201, generator=torch.Generator().manual_seed(5))]
    return LabelledImages(torch.arange(201.0).view(201, 1, 1, 1), labels, tuple(COUNTS))


def places(part: LabelledImages) -> list[int]:
    return part.images.flatten().int().tolist()


def parts_of(split: Split) -> list[LabelledImages]:
    split.test.decide("nothing, this is a test")
    return [split.train, split.val, split.test.open()]


def split(examples: LabelledImages, seed: int = 0) -> list[LabelledImages]:
    return parts_of(split_three_ways(examples, val_fraction=0.2, test_fraction=0.3, seed=seed))


def test_every_example_is_in_exactly_one_part_with_its_label(examples: LabelledImages) -> None:
    parts = split(examples)
    assert sorted(place for part in parts for place in places(part)) == list(range(201))
    for part in parts:
        assert part.labels.tolist() == examples.labels[places(part)].tolist()
        assert part.class_names == examples.class_names


def test_every_part_has_the_same_mix_of_classes(examples: LabelledImages) -> None:
    train, val, test = (torch.bincount(part.labels).tolist() for part in split(examples))
    assert val == [8, 20, 12]  # 0.2 of 40, 100, 61, rounded
    assert test == [12, 30, 18]  # 0.3 of them
    assert train == [20, 50, 31]  # the rest


def test_the_same_seed_gives_the_same_split_and_another_another(examples: LabelledImages) -> None:
    first, again, other = ([*map(places, split(examples, seed))] for seed in (0, 0, 1))
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_the_split_does_not_follow_the_order_of_the_examples(examples: LabelledImages) -> None:
    train, val, _ = split(examples)
    assert abs(sum(places(val)) / len(val) - 100) < 35  # the mean place, were it drawn evenly
    assert min(places(val)) < max(places(train)) and min(places(train)) < max(places(val))


@pytest.mark.parametrize(
    ("val_fraction", "test_fraction"), [(0, 0.3), (0.2, 0), (0.5, 0.5), (-0.1, 0.3), (0.2, 1.2)]
)
def test_shares_that_leave_a_part_empty_are_refused(
    examples: LabelledImages, val_fraction: float, test_fraction: float
) -> None:
    with pytest.raises(ValueError, match=f"got {val_fraction} and {test_fraction}"):
        split_three_ways(examples, val_fraction=val_fraction, test_fraction=test_fraction, seed=0)


def test_a_class_too_small_for_three_parts_is_named() -> None:
    labels = torch.tensor([0] * 10 + [1] * 2)
    examples = LabelledImages(torch.zeros(12, 1, 1, 1), labels, ("cat", "dog"))
    with pytest.raises(ValueError, match="class 'dog' has 2 pictures, too few"):
        split_three_ways(examples, val_fraction=0.2, test_fraction=0.2, seed=0)


def test_take_per_class_gives_as_many_of_each_and_smaller_draws_lie_in_larger(
    examples: LabelledImages,
) -> None:
    smaller: set[int] = set()
    for num_per_class in (1, 2, 10, 40):
        drawn = take_per_class(examples, num_per_class, seed=3)
        assert torch.bincount(drawn.labels).tolist() == [num_per_class] * 3
        assert drawn.labels.tolist() == examples.labels[places(drawn)].tolist()
        assert smaller < set(places(drawn)) and len(set(places(drawn))) == 3 * num_per_class
        smaller = set(places(drawn))


def test_take_per_class_is_another_draw_with_another_seed(examples: LabelledImages) -> None:
    draws = [places(take_per_class(examples, 5, seed)) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_take_per_class_names_a_class_with_too_few(examples: LabelledImages) -> None:
    with pytest.raises(ValueError, match="class 'a' has 40 examples, fewer than the 41"):
        take_per_class(examples, 41, seed=0)


@pytest.mark.parametrize("num_per_class", [0, -1])
def test_take_per_class_refuses_to_take_nothing(
    examples: LabelledImages, num_per_class: int
) -> None:
    with pytest.raises(ValueError, match=f"must be at least 1, got {num_per_class}"):
        take_per_class(examples, num_per_class, seed=0)


def test_the_test_set_stays_sealed_until_a_decision_and_says_why(examples: LabelledImages) -> None:
    test = SealedTestSet(examples)
    with pytest.raises(SealedError, match=r"the luckiest.*Choose on the validation set, call dec"):
        test.open()
    assert test.times_opened == 0 and len(test) == 201
    assert repr(test) == "SealedTestSet(201 examples, sealed)"


def test_opening_is_counted(examples: LabelledImages) -> None:
    test = SealedTestSet(examples)
    test.decide("first thought")
    test.decide("second thought")  # while it is closed, a mind may change
    assert test.times_opened == 0
    assert test.open() is examples
    test.open()
    assert test.times_opened == 2
    assert repr(test) == "SealedTestSet(201 examples, times opened: 2)"


def test_a_second_decision_is_refused_once_the_test_set_was_opened(
    examples: LabelledImages,
) -> None:
    test = SealedTestSet(examples)
    test.decide("model A")
    test.open()
    test.decide("model A")  # the cell run once more
    with pytest.raises(SealedError, match="opened to score 'model A'; a choice of 'model B' now"):
        test.decide("model B")
    assert test.decision == "model A"
