"""Labelled sounds in three parts, the last one sealed: by speaker where speakers are known."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.places import check_part_fractions, places_of_parts
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.speakers import deal_speakers
from course_utils.data.splits import SealedTestSet


@dataclass(frozen=True)
class SoundSplit:
    """Training, validation and sealed test sounds; none is in two of them, nor is a group."""

    train: LabelledSounds
    val: LabelledSounds
    test: SealedTestSet


def split_sounds(
    sounds: LabelledSounds, *, val_fraction: float, test_fraction: float, seed: int
) -> SoundSplit:
    """Split ``sounds`` at random; whole speakers go to one part, where speakers are known.

    A part that the data set itself brings is kept, and what it lacks is drawn from its training
    sounds. Each part has every class. Where nobody knows who speaks, takes are dealt out, with the
    same mix of classes in every part, and copies together.

    Args:
        sounds: N labelled sounds.
        val_fraction: Share for validation, between 0 and 1; by speaker only nearly so.
        test_fraction: Share for the sealed test set, alike.
        seed: Same seed, same split.

    Raises:
        ValueError: If the shares leave nothing to train on, or there are too few sounds or
            speakers of a class; it says which.
    """
    fractions = {"val_fraction": val_fraction, "test_fraction": test_fraction}
    if sounds.speakers is None:
        places = places_of_parts(sounds, **fractions, seed=seed, what="sound")
    else:
        check_part_fractions(val_fraction, test_fraction)
        places = _places_by_speaker(sounds, (val_fraction, test_fraction), seed)
    train, val, test = (sounds[some] for some in places)
    return SoundSplit(train, val, SealedTestSet(test))


def _places_by_speaker(
    sounds: LabelledSounds, fractions: tuple[float, float], seed: int
) -> tuple[Tensor, ...]:
    """Places of the training, validation and test sounds, each ascending."""
    given = torch.zeros_like(sounds.labels) if sounds.parts is None else sounds.parts
    parts, pool = given.clone(), (given == 0).nonzero().flatten()
    drawn = [number for number in (1, 2) if not (given == number).any()]
    if drawn:
        shares = [fractions[number - 1] for number in drawn]
        units = sounds.speakers if sounds.groups is None else sounds.groups
        generator = torch.Generator().manual_seed(seed)
        shares = [1 - sum(shares), *shares]
        dealt = deal_speakers(
            sounds.labels[pool], units[pool], shares, sounds.class_names, generator
        )
        parts[pool] = torch.tensor([0, *drawn])[dealt]
    return tuple((parts == number).nonzero().flatten() for number in range(3))
