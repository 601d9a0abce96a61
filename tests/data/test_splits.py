"""Splits: the same mix everywhere, nothing twice, nothing lost; and the seal on the test set."""

import pytest
import torch

from course_utils.data.examples import PARTS, LabelledImages
from course_utils.data.splits import (
    SealedError,
    SealedTestSet,
    Split,
    split_three_ways,
    take_per_class,
    take_share,
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


def with_parts(examples: LabelledImages, **places: range) -> LabelledImages:
    """``examples`` of which those at ``places`` are in the part so called, the rest in train."""
    parts = torch.zeros(len(examples), dtype=torch.int64)
    for name, indices in places.items():
        parts[list(indices)] = PARTS.index(name)
    return LabelledImages(examples.images, examples.labels, examples.class_names, parts)


GIVEN = {"val": range(3, 40), "test": range(150, 201)}


@pytest.mark.parametrize("names", [("val", "test"), ("test",), ("val",), ()])
def test_parts_that_the_data_set_brings_stay_what_they_are(
    examples: LabelledImages, names: tuple[str, ...]
) -> None:
    given = {name: GIVEN[name] for name in names}
    train, val, test = split(with_parts(examples, **given))
    for name, part in (("val", val), ("test", test)):
        if name in given:
            assert places(part) == list(given[name])
    assert sorted(places(train) + places(val) + places(test)) == list(range(201))
    for part in (train, val, test):
        assert part.labels.tolist() == examples.labels[places(part)].tolist()


def test_validation_pictures_that_are_missing_are_drawn_from_the_training_ones(
    examples: LabelledImages,
) -> None:
    parted = with_parts(examples, test=GIVEN["test"])
    train, val, _ = split(parted)
    pool = examples.labels[:150].bincount()
    assert val.labels.bincount().tolist() == [round(0.2 * count) for count in pool.tolist()]
    assert torch.equal(train.labels.bincount() + val.labels.bincount(), pool)
    first, again, other = (places(split(parted, seed)[1]) for seed in (0, 0, 1))
    assert first == again != other


def test_test_pictures_that_are_missing_are_drawn_from_the_training_ones(
    examples: LabelledImages,
) -> None:
    train, _, test = split(with_parts(examples, val=GIVEN["val"]))
    pool = examples.labels[torch.tensor([*range(3), *range(40, 201)])].bincount()
    assert test.labels.bincount().tolist() == [round(0.3 * count) for count in pool.tolist()]
    assert torch.equal(train.labels.bincount() + test.labels.bincount(), pool)


def test_complete_parts_are_the_same_with_every_seed(examples: LabelledImages) -> None:
    parted = with_parts(examples, **GIVEN)
    first, other = ([*map(places, split(parted, seed))] for seed in (0, 1))
    assert first == other


def test_all_in_the_training_part_is_split_as_if_there_were_no_parts(
    examples: LabelledImages,
) -> None:
    assert [*map(places, split(with_parts(examples)))] == [*map(places, split(examples))]


def test_parts_go_with_their_examples(examples: LabelledImages) -> None:
    parted = with_parts(examples, **GIVEN)
    some = parted[torch.tensor([200, 0, 3])]
    assert [PARTS[number] for number in some.parts] == ["test", "train", "val"]
    assert parted[parted.parts == PARTS.index("val")].labels.tolist() == (
        examples.labels[3:40].tolist()
    )
    train, _, test = split(parted)
    assert train.parts.unique().tolist() == [0] and test.parts.unique().tolist() == [2]


@pytest.mark.parametrize(
    ("given", "num_dogs"),
    [({"val": range(5), "test": range(5, 10)}, 0), ({"test": range(5)}, 1), ({"val": range(5)}, 1)],
)
def test_a_class_with_too_few_training_pictures_is_named_whatever_the_parts(
    given: dict[str, range], num_dogs: int
) -> None:
    labels = torch.tensor([0, 1] * 5 + [0] * 10 + [1] * num_dogs)
    few = LabelledImages(torch.zeros(len(labels), 1, 1, 1), labels, ("cat", "dog"))
    few = with_parts(few, **given)
    few.labels[:10] = torch.tensor([0] * 10)  # no dog but among the last
    noun = "picture" if num_dogs == 1 else "pictures"
    with pytest.raises(ValueError, match=f"class 'dog' has {num_dogs} {noun}, too few"):
        split_three_ways(few, val_fraction=0.2, test_fraction=0.2, seed=0)


def test_one_training_picture_per_class_is_enough_where_the_other_parts_are_given() -> None:
    labels = torch.tensor([0, 1] * 3)
    examples = LabelledImages(torch.arange(6.0).view(6, 1, 1, 1), labels, ("cat", "dog"))
    parts = split(with_parts(examples, val=range(2, 4), test=range(4, 6)))
    assert [*map(places, parts)] == [[0, 1], [2, 3], [4, 5]]


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


def test_take_per_class_keeps_all_of_a_smaller_class_by_request(examples: LabelledImages) -> None:
    drawn = take_per_class(examples, 61, seed=3, at_most=True)
    assert drawn.labels.bincount().tolist() == [40, 61, 61]
    assert len(set(places(drawn))) == 162
    few = take_per_class(examples, 5, seed=3, at_most=True)
    assert places(few) == places(take_per_class(examples, 5, seed=3))


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


def test_take_share_keeps_the_mix_and_at_least_one_of_each(examples: LabelledImages) -> None:
    drawn = take_share(examples, 0.1, seed=3)
    assert torch.bincount(drawn.labels).tolist() == [4, 10, 6]
    assert len(set(places(drawn))) == 20
    assert drawn.labels.tolist() == examples.labels[places(drawn)].tolist()
    assert torch.bincount(take_share(examples, 0.001, seed=3).labels).tolist() == [1, 1, 1]
    assert sorted(places(take_share(examples, 1.0, seed=3))) == list(range(201))


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1])
def test_take_share_refuses_what_is_no_share(examples: LabelledImages, share: float) -> None:
    with pytest.raises(ValueError, match=f"at most 1, got {share}"):
        take_share(examples, share, seed=0)
