"""Sounds in three parts: whole speakers in one part, and every class in each part."""

import pytest
import torch

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.splitting import SoundSplit, split_sounds
from course_utils.data.splits import SealedError


def sounds_of(
    said: list[tuple[int, int, int]], names: tuple[str, ...] = ("no", "yes"), **fields: object
) -> LabelledSounds:
    """Sounds by rows of speaker, class and how many."""
    rows = torch.tensor([(who, label) for who, label, count in said for _ in range(count)])
    num_speakers = int(rows[:, 0].max()) + 1
    usual = {
        "speakers": rows[:, 0],
        "speaker_names": tuple(f"speaker {who}" for who in range(num_speakers)),
        "files": tuple(f"{place}.wav" for place in range(len(rows))),
    }
    images = torch.arange(len(rows)).reshape(-1, 1, 1, 1)
    return LabelledSounds(images, rows[:, 1], names, **usual | fields)


def evenly(num_speakers: int, num_classes: int = 2, takes: int = 3) -> list[tuple[int, int, int]]:
    return [(who, label, takes) for who in range(num_speakers) for label in range(num_classes)]


def parts_of(
    sounds: LabelledSounds, seed: int = 0, val: float = 0.2, test: float = 0.2
) -> list[LabelledSounds]:
    split = split_sounds(sounds, val_fraction=val, test_fraction=test, seed=seed)
    assert isinstance(split, SoundSplit)
    with pytest.raises(SealedError):
        split.test.open()
    split.test.decide("the test")
    return [split.train, split.val, split.test.open()]


def speakers_in(parts: list[LabelledSounds]) -> list[set[int]]:
    return [set(part.speakers.tolist()) for part in parts]


@pytest.mark.parametrize(
    ("number", "shares"), [(3, [1, 1, 1]), (4, [2, 1, 1]), (6, [4, 1, 1]), (12, [7, 3, 2])]
)
def test_whole_speakers_go_to_one_part(number: int, shares: list[int]) -> None:
    sounds = sounds_of(evenly(number))
    for seed in range(20):
        held = speakers_in(parts_of(sounds, seed))
        assert [len(some) for some in held] == shares
        assert set.union(*held) == set(range(number))


def test_every_sound_is_in_one_part_and_the_seed_decides() -> None:
    sounds = sounds_of(evenly(6))
    places = [place for part in parts_of(sounds) for place in part.images.flatten().tolist()]
    assert sorted(places) == list(range(36))
    held = [speakers_in(parts_of(sounds, seed)) for seed in (0, 0, 1, 2, 3)]
    assert held[0] == held[1] and any(held[0] != other for other in held[2:])
    tested = {next(iter(speakers_in(parts_of(sounds, seed))[2])) for seed in range(60)}
    assert tested == set(range(6))  # each may be the one


def test_fractions_are_met_as_nearly_as_speakers_allow() -> None:
    said = [(who, label, 1 + who % 5) for who in range(60) for label in (0, 1)]
    parts = parts_of(sounds_of(said), val=0.15, test=0.3)
    shares = [len(part) / 360 for part in parts]
    assert shares == pytest.approx([0.55, 0.15, 0.3], abs=0.01)


def test_each_part_has_each_class_where_only_some_speakers_say_it() -> None:
    """Of twelve speakers three say "maybe": one a part."""
    said = evenly(12) + [(who, 2, 2) for who in (4, 7, 9)]
    for seed in range(20):
        parts = parts_of(sounds_of(said, ("no", "yes", "maybe")), seed)
        assert all((part.labels.bincount(minlength=3) > 0).all() for part in parts)
        assert sum(map(len, speakers_in(parts))) == 12


def test_copies_across_speakers_stay_together() -> None:
    groups = torch.tensor([0, 1, 2, 0, 4, 5]).repeat_interleave(6)  # the first and the fourth
    sounds = sounds_of(evenly(6), groups=groups)
    for seed in range(10):
        held = speakers_in(parts_of(sounds, seed))
        assert any({0, 3} <= some for some in held) and sum(map(len, held)) == 6


def test_own_parts_are_kept_and_what_they_lack_is_drawn_by_speaker() -> None:
    sounds = sounds_of(evenly(5))
    given = torch.where(sounds.speakers == 4, 2, 0)
    sounds = sounds_of(evenly(5), parts=given)
    held = speakers_in(parts_of(sounds))
    assert held[2] == {4} and len(held[1]) == 1 and len(held[0]) == 3
    three = torch.where(sounds.speakers == 3, 1, given)
    assert speakers_in(parts_of(sounds_of(evenly(5), parts=three))) == [{0, 1, 2}, {3}, {4}]


def test_unknown_speakers_are_split_by_take() -> None:
    sounds = sounds_of(evenly(2, takes=10), speakers=None, speaker_names=())
    parts = parts_of(sounds)
    assert [part.labels.bincount().tolist() for part in parts] == [[12, 12], [4, 4], [4, 4]]
    groups = torch.arange(40) // 2
    parts = parts_of(sounds_of(evenly(2, takes=10), speakers=None, groups=groups))
    held = [set(part.groups.tolist()) for part in parts]
    assert sum(map(len, held)) == len(set.union(*held)) == 20


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (evenly(2), "2 speakers cannot make three parts: each part needs people of its own"),
        (evenly(1), "1 speaker cannot make three parts"),
        (
            [*evenly(5), (0, 2, 9), (1, 2, 9)],
            "class 'maybe' is said by 2 speakers, too few for three parts",
        ),
    ],
)
def test_too_few_speakers_are_refused_with_the_number(
    said: list[tuple[int, int, int]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parts_of(sounds_of(said, ("no", "yes", "maybe")[: 1 + max(row[1] for row in said)]))


def test_with_a_test_part_two_speakers_are_enough_and_one_is_not() -> None:
    sounds = sounds_of(evenly(3))
    given = torch.where(sounds.speakers == 2, 2, 0)
    held = speakers_in(parts_of(sounds_of(evenly(3), parts=given)))
    assert [len(some) for some in held] == [1, 1, 1] and held[2] == {2}
    with pytest.raises(ValueError, match="1 speaker cannot make two parts"):
        parts_of(sounds_of(evenly(2), parts=torch.tensor([0] * 6 + [2] * 6)))


def test_each_part_has_each_class_where_every_speaker_says_only_one() -> None:
    sounds = sounds_of([(who, who // 3, 4) for who in range(9)], ("no", "yes", "maybe"))
    parts = parts_of(sounds)
    assert [part.labels.bincount().tolist() for part in parts] == [[4] * 3] * 3


def test_classes_that_cannot_be_in_each_part_are_named() -> None:
    """By "no" the first three are apart, by "yes" the fifth is with the first, by "maybe" not."""
    rows = {0: (0, 1, 2), 1: (1, 2, 4), 2: (0, 4, 3)}
    said = [(who, label, 4) for label, people in rows.items() for who in people]
    with pytest.raises(
        ValueError, match=r"5 speakers were dealt out in 200 ways.*such as '(no|yes|m)"
    ):
        parts_of(sounds_of(said, ("no", "yes", "maybe")))


def test_fractions_are_checked() -> None:
    with pytest.raises(ValueError, match=r"sum to less than 1, got 0\.5 and 0\.5"):
        parts_of(sounds_of(evenly(3)), val=0.5, test=0.5)
