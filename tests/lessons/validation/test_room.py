"""What lesson 05 takes from its room: wrong labels, made-up worlds and joined parts."""

import math

import numpy as np
import pytest
import torch

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.splits import split_three_ways
from course_utils.lessons.validation.labels import flip_labels
from course_utils.lessons.validation.parts import join, unsealed_part
from course_utils.lessons.validation.worlds import (
    chance_of_right_pick,
    false_differences,
    measure_and_estimate,
)

LABELS = torch.arange(200) % 5
NAMES = ("a", "b")


def examples(*values: float, names: tuple[str, ...] = NAMES) -> LabelledImages:
    """A picture of one pixel for each value, labelled by its sign."""
    images = torch.tensor(values).float().reshape(-1, 1, 1, 1)
    return LabelledImages(images, (images.flatten() > 0).long(), names)


def test_just_the_share_of_labels_is_flipped_and_each_names_another_class() -> None:
    flipped = flip_labels(LABELS, 0.3, 5, seed=1)
    wrong = flipped != LABELS
    assert wrong.sum() == 60
    assert set(((flipped - LABELS) % 5)[wrong].tolist()) == {1, 2, 3, 4}
    assert torch.equal(flipped, flip_labels(LABELS, 0.3, 5, seed=1))
    assert not torch.equal(flipped, flip_labels(LABELS, 0.3, 5, seed=2))
    assert torch.equal(LABELS, torch.arange(200) % 5), "the labels themselves stay as they were"


def test_two_coins_by_hand() -> None:
    """With v = 1 and a disagreement of 1, the better one leads in (1 + difference) / 2."""
    assert chance_of_right_pick(0.2, 1, disagreement=1.0) == pytest.approx(0.6, abs=0.01)
    assert chance_of_right_pick(0, 50) == pytest.approx(0.5, abs=0.01)
    assert chance_of_right_pick(0.1, 1) == pytest.approx(0.55, abs=0.01), "ties count as half"


def test_more_examples_find_the_better_one_more_often() -> None:
    chances = [chance_of_right_pick(0.02, v) for v in (30, 300, 3000)]
    normal = 0.5 * (1 + math.erf(0.02 / math.sqrt(0.10 / 300) / math.sqrt(2)))
    assert chances[0] < chances[1] < chances[2]
    assert chances[1] == pytest.approx(normal, abs=0.02)


def test_a_pair_named_beforehand_is_falsely_different_in_5_of_100() -> None:
    false = false_differences(5, 6, num_worlds=20_000)
    assert false["named beforehand"] == pytest.approx(0.05, abs=0.006)
    assert false["best and second best"] < 0.02
    assert 0.2 < false["best and worst"] < 0.3


def test_with_two_candidates_best_and_worst_are_any_pair() -> None:
    false = false_differences(3, 2)
    assert len(set(false.values())) == 1


def test_optimism_is_measured_on_the_examples_that_did_not_choose() -> None:
    always, never = np.ones(40, dtype=bool), np.zeros(40, dtype=bool)
    measured, estimated = measure_and_estimate([always, never], 20, num_choices=3)
    assert measured == estimated == [0, 0, 0]
    coins = np.random.default_rng(0).random((30, 400)) < 0.5
    measured, estimated = measure_and_estimate(coins, 50, num_choices=20)
    assert np.mean(measured) == pytest.approx(np.mean(estimated), abs=0.05)
    assert np.mean(measured) > 0.1


def test_examples_are_joined_in_order() -> None:
    both = join(examples(1, -2), examples(-3))
    assert both.images.flatten().tolist() == [1, -2, -3]
    assert both.labels.tolist() == [1, 0, 0]


def test_blocks_follow_their_pictures_and_no_test_picture_is_among_them() -> None:
    digits, starts = load_digits(), [0, 130, 256, 1000]
    written, block = unsealed_part(digits, starts, seed=3)
    split = split_three_ways(digits, val_fraction=0.5, test_fraction=0.35, seed=3)
    assert torch.equal(written.images, torch.cat([split.train.images, split.val.images]))
    assert len(written) == len(block) == len(digits) - len(split.test)
    for place in range(0, len(written), 97):
        same = (digits.images == written.images[place]).flatten(1).all(dim=1)
        (origin,) = same.nonzero().flatten().tolist()
        assert block[place] == sum(origin >= start for start in starts)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: flip_labels(LABELS, 1.2, 5, 0), "share must be from 0 to 1, got 1.2"),
        (lambda: flip_labels(LABELS, 0.2, 1, 0), "num_classes must be at least 2, got 1"),
        (lambda: chance_of_right_pick(0.2, 30), "difference must be from 0 to the disagreement"),
        (lambda: false_differences(1, 6), "at least 2 repeats and 2 candidates, got 1 and 6"),
        (lambda: measure_and_estimate(np.ones((2, 9), bool), 9), "v must be from 2 to 8, got 9"),
        (lambda: join(examples(1), examples(1, names=("a", "c"))), "other classes"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
