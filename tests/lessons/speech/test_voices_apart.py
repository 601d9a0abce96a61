"""Voices that are known and voices never heard: no sound is in two sets, and none is favoured."""

from dataclasses import replace

import pytest
import torch

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.synthetic_digits import load_synthetic_digits
from course_utils.lessons.speech.voices_apart import (
    deal_folds,
    deal_voices,
    join,
    set_apart,
    shares_by_speaker,
)


@pytest.fixture(scope="module")
def sounds() -> LabelledSounds:
    digits = load_synthetic_digits()
    return digits[digits.parts == 0].renumbered()


def keys_of(sounds: LabelledSounds) -> set[tuple[int, int, int]]:
    """Voice, digit and take of each sound."""
    rows = torch.stack([sounds.speakers, sounds.labels, sounds.takes], dim=1)
    return set(map(tuple, rows.tolist()))


def test_no_sound_is_in_two_sets_and_new_takes_are_of_known_voices(sounds: LabelledSounds) -> None:
    apart = set_apart(sounds, [0, 3], [1, 2, 5], seed=4)
    train, own, new = (keys_of(each) for each in (apart.train, apart.own, apart.new))
    assert not train & own and not own & new and not train & new
    assert {voice for voice, _, _ in train} == {voice for voice, _, _ in own} == {0, 3}
    assert {voice for voice, _, _ in new} == {1, 2, 5}
    assert not {take for _, _, take in train} & {take for _, _, take in own}
    assert len(train) == 2 * 10 * 10 and len(own) == 2 * 10 * 5 and len(new) == 3 * 10 * 15


def test_the_takes_of_the_test_are_those_of_the_seed(sounds: LabelledSounds) -> None:
    first, same, other = (set_apart(sounds, [0], [1], seed).own for seed in (0, 0, 1))
    assert keys_of(first) == keys_of(same) != keys_of(other)


@pytest.mark.parametrize("num_known", [1, 3, 6])
def test_each_voice_is_known_once_in_a_deal(sounds: LabelledSounds, num_known: int) -> None:
    rounds = deal_voices(sounds, num_known, num_deals=2, seed=0)
    assert len(rounds) == 2 * 12 // num_known
    known = [number for each in rounds for number in each.train.speakers.unique().tolist()]
    new = [number for each in rounds for number in each.new.speakers.unique().tolist()]
    assert sorted(known) == sorted([*range(12)] * 2)
    assert sorted(new) == sorted([*range(12)] * (len(rounds) - 2))


def test_another_seed_deals_otherwise(sounds: LabelledSounds) -> None:
    dealt = [
        [tuple(each.train.speakers.unique().tolist()) for each in deal_voices(sounds, 3, 1, seed)]
        for seed in (0, 0, 1)
    ]
    assert dealt[0] == dealt[1] != dealt[2]


@pytest.mark.parametrize("num_known", [0, 5, 12, 24])
def test_sets_that_do_not_come_out_are_refused(sounds: LabelledSounds, num_known: int) -> None:
    with pytest.raises(ValueError, match=rf"12 voices .* sets of {num_known}; .*divides 12"):
        deal_voices(sounds, num_known, 1, 0)


def test_shares_are_means_over_the_tests_that_a_speaker_is_in(sounds: LabelledSounds) -> None:
    first = sounds[sounds.speakers < 2]
    second = sounds[sounds.speakers == 1]
    right = first.speakers == 1  # all of voice 1, none of voice 0
    shares = shares_by_speaker([(right, first), (torch.zeros(len(second)).bool(), second)])
    names = sounds.speaker_names
    assert shares == {names[0]: 0.0, names[1]: 0.5}
    assert list(shares) == [names[0], names[1]]


@pytest.mark.parametrize(("num_folds", "expected"), [(5, 5), (12, 12), (40, 12)])
def test_in_the_folds_each_speaker_is_never_heard_once(
    sounds: LabelledSounds, num_folds: int, expected: int
) -> None:
    folds = deal_folds(sounds, num_folds, seed=3)
    assert len(folds) == expected
    held = [number for _, some in folds for number in some.speakers.unique().tolist()]
    assert sorted(held) == [*range(12)]
    for learned, some in folds:
        assert not set(learned.speakers.tolist()) & set(some.speakers.tolist())
        assert len(learned) + len(some) == len(sounds)


def test_one_speaker_makes_no_fold(sounds: LabelledSounds) -> None:
    with pytest.raises(ValueError, match="by one speaker"):
        deal_folds(sounds[sounds.speakers == 2], 6, seed=0)


def test_parts_that_are_joined_hold_all_sounds_and_who_spoke(sounds: LabelledSounds) -> None:
    first, second = sounds[sounds.speakers < 4], sounds[sounds.speakers >= 4]
    joined = join([second, first])
    assert keys_of(joined) == keys_of(sounds) and len(joined) == len(sounds)
    assert torch.equal(joined.images[: len(second)], second.images)
    assert torch.equal(joined.groups, torch.cat([second.groups, first.groups]))
    assert joined.parts is None
    unknown = replace(first, speakers=None, takes=None, groups=None, files=("a",) * len(first))
    assert join([unknown, unknown]).speakers is None
    assert len(join([unknown, unknown]).files) == 2 * len(first)
