"""Voices: targets far apart, and sources that are no near twins of them, by name and by sound."""

import itertools

import pytest
import torch
from torch import Tensor

from course_utils.data.sounds.voices import (
    ACCENTS,
    EFFECTS,
    NEAR_TWINS,
    PROBES,
    SOURCE_VOICES,
    TARGET_VOICES,
    VALIDATION_VOICES,
    choose_sources,
    choose_targets,
    choose_voices,
    distance,
    family,
    probe,
)
from course_utils.data.sounds.words import DIGITS, HOMOPHONES
from tests.helpers.speech import needs_espeak

PARTS = (TARGET_VOICES, VALIDATION_VOICES, SOURCE_VOICES)


def at(place: float) -> Tensor:
    """A voice that lies at ``place`` on a line."""
    return torch.full((8, 1, 4, 4), place)


def test_no_voice_and_no_family_is_in_two_parts() -> None:
    families = [{family(voice) for voice in part} for part in PARTS]
    for one, other in itertools.combinations(families, 2):
        assert not one & other
    assert list(map(len, PARTS)) == [18, 3, 15]
    assert len(families[0]) == 18
    assert not set(EFFECTS) & set(itertools.chain(*PARTS))


def test_voices_are_compared_on_words_that_are_no_digits() -> None:
    assert not set(PROBES) & {*DIGITS, *HOMOPHONES}


@pytest.mark.parametrize(
    ("voice", "name"), [("steph2", "steph"), ("Mike", "mike"), ("m1", "m1"), ("f4", "f4")]
)
def test_voices_that_are_called_alike_are_one_family(voice: str, name: str) -> None:
    assert family(voice) == name


def test_a_distance_is_the_root_of_the_mean_square() -> None:
    one, other = torch.zeros(2, 1, 1, 2), torch.tensor([[1.0, 0.0], [0.0, 2.0]]).view(2, 1, 1, 2)
    assert distance(one, other) == pytest.approx((5 / 4) ** 0.5)


def test_the_next_target_is_always_the_farthest_from_its_nearest_and_of_another_family() -> None:
    line = {"a": 0.0, "b": 1.0, "c": 10.0, "c2": 9.5, "d": 4.0, "e": 6.5}
    voices = {name: at(place) for name, place in line.items()}
    assert choose_targets(voices, 4, "a") == ("a", "c", "d", "e")


def test_a_source_is_neither_near_a_target_nor_of_its_family() -> None:
    line = {"a": 0.0, "a2": 5.0, "b": NEAR_TWINS - 0.01, "c": NEAR_TWINS + 0.01, "d": 9.0}
    voices = {name: at(place) for name, place in line.items()}
    assert choose_sources(voices, ("a",)) == ("c", "d")


@pytest.mark.slow
@needs_espeak
def test_the_voices_are_those_that_would_be_chosen_anew() -> None:
    assert choose_voices() == PARTS


@pytest.mark.slow
@needs_espeak
def test_no_source_voice_is_a_near_twin_of_a_target_in_another_accent_either() -> None:
    targets = [probe(voice) for voice in TARGET_VOICES]
    for accent, voice in zip(itertools.cycle(ACCENTS), SOURCE_VOICES, strict=False):
        said = probe(voice, accent)
        assert min(distance(said, target) for target in targets) > NEAR_TWINS, (accent, voice)
