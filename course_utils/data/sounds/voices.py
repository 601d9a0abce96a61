"""Which voices of eSpeak NG say the digits, and which the words that a backbone learns from.

A voice here is one of its variants, without the language: ``"m1"`` of ``"en-us+m1"``.
"""

import re

import torch
from torch import Tensor

from course_utils.data.sounds.espeak import Speaker, variants
from course_utils.data.sounds.log_mel import STEPS, sound_picture

LANGUAGE = "en-us"  # of the target voices
ACCENTS = (
    *("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd"),
    *("en-029", "en-us-nyc"),
)  # of the source voices
# They are farthest apart of all that sound like people: ``choose_targets``.
TARGET_VOICES = (
    *("m1", "ian", "zac", "RicishayMax3", "linda", "Marco", "shelby", "boris", "marcelo"),
    *("Andrea", "benjamin", "m2", "antonio", "norbert", "grandma", "Andy"),
    *("Annie", "Lee"),
)
# Which of them choose, and which are sealed for a test; spread over the order above, in which the
# first ones are the farthest apart.
CHOOSING_VOICES = ("ian", "boris", "norbert")
SEALED_VOICES = ("linda", "benjamin", "Annie")
# None of these is of a target's family or its near twin, and none of the second of the first's:
# ``choose_sources``. A backbone learns from the second; the first say whether it learned well.
VALIDATION_VOICES = ("Diogo", "f4", "pedro")
SOURCE_VOICES = (
    *("Gene", "Jacky", "anika", "belinda", "david", "iven", "iven2", "m4", "pablo", "rob"),
    *("robert", "steph", "steph2", "steph3", "travis"),
)

# Root of the mean squared difference of two voices' pictures, in standard deviations of a picture.
# Voices under other names were found at 0.2: the same voice, but for its pitch.
NEAR_TWINS = 0.45
PROBES = ("apple", "dolphin", "jacket", "kettle", "paper", "thunder", "window", "yellow")
# Robots, singers, and other sounds that no throat makes.
EFFECTS = (
    *("AnxiousAndy", "Tweaky", "UniRobot", "anikaRobot", "announcer", "croak", "fast"),
    *("kaukovalta", "klatt", "klatt2", "klatt3", "klatt4", "klatt5", "klatt6"),
    *("robosoft", "robosoft2", "robosoft3", "robosoft4", "robosoft5", "robosoft6"),
    *("robosoft7", "robosoft8"),
)


def choose_voices() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The target, validation and source voices, chosen anew by their sound.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
    """
    pictures = {voice: probe(voice) for voice in variants() if voice not in EFFECTS}
    targets = choose_targets(pictures, len(TARGET_VOICES), TARGET_VOICES[0])
    others = {voice: pictures[voice] for voice in choose_sources(pictures, targets)}
    validation = choose_targets(others, len(VALIDATION_VOICES), VALIDATION_VOICES[0])
    return targets, validation, choose_sources(others, validation)


def probe(voice: str, language: str = LANGUAGE) -> Tensor:
    """How ``voice`` says the words of ``PROBES``, no digit among them: (8, 1, 16, 16), float32.

    Raises:
        ImportError: As ``choose_voices``.
    """
    with Speaker() as speaker:
        said = [sound_picture(speaker.say(word, f"{language}+{voice}")) for word in PROBES]
    return torch.stack(said).float() / STEPS


def distance(one: Tensor, other: Tensor) -> float:
    """Of two voices by their pictures, in standard deviations of a picture."""
    return (one - other).square().mean().sqrt().item()


def choose_targets(pictures: dict[str, Tensor], count: int, first: str) -> tuple[str, ...]:
    """``count`` voices far apart, each of another family, beginning with ``first``.

    Each next one is that whose nearest chosen voice is farthest away.
    """
    chosen = [first]
    while len(chosen) < count:
        families = {family(voice) for voice in chosen}
        others = [voice for voice in pictures if family(voice) not in families]
        chosen.append(max(others, key=lambda voice: _to_nearest(voice, chosen, pictures)))
    return tuple(chosen)


def choose_sources(pictures: dict[str, Tensor], targets: tuple[str, ...]) -> tuple[str, ...]:
    """All voices of no target's family, with no target nearer than ``NEAR_TWINS``."""
    families = {family(voice) for voice in targets}
    others = (voice for voice in pictures if family(voice) not in families)
    return tuple(v for v in others if _to_nearest(v, list(targets), pictures) > NEAR_TWINS)


def family(voice: str) -> str:
    """Voices that are called alike, such as ``steph`` and ``steph2``, count as one; not m1, m2."""
    return voice if re.fullmatch(r"[mf]\d", voice) else voice.rstrip("0123456789").lower()


def _to_nearest(voice: str, chosen: list[str], pictures: dict[str, Tensor]) -> float:
    return min(distance(pictures[voice], pictures[one]) for one in chosen)
