"""Spoken digits by voices that no person has: made by eSpeak NG, and shipped as pictures of sound.

The numbers that the voices differ by were chosen here. So what a run on them shows is how things
hang together; how large an effect is among people, only recordings of people can tell.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.data.examples import PARTS
from course_utils.data.sounds.cards import check_by_card, write_by_card
from course_utils.data.sounds.espeak import Speaker
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.microphones import (
    Microphone,
    draw_microphone,
    draw_take,
    record,
    through,
)
from course_utils.data.sounds.voices import (
    CHOOSING_VOICES,
    LANGUAGE,
    SEALED_VOICES,
    TARGET_VOICES,
)
from course_utils.data.sounds.words import DIGITS

SHIPPED_FOLDER = Path(__file__).parent / "shipped"
FILE = "synthetic_digits.npz"
NUM_TAKES = 15  # of each digit by each voice
SEED = 0
FIELDS = ("images", "labels", "speakers", "takes")


class Spoken(NamedTuple):
    """One digit as it is heard.

    Args:
        sound: Samples (T,) at ``RATE``.
        label: The digit.
        speaker: Place of the voice in ``TARGET_VOICES``.
        take: Which time this voice says it, from 0.
    """

    sound: Tensor
    label: int
    speaker: int
    take: int


def load_synthetic_digits() -> LabelledSounds:
    """The shipped digits: 18 voices, each of which says each digit 15 times, 2,700 in all.

    They come in parts: 12 voices to learn from, 3 to choose on, 3 for a sealed test.

    Raises:
        FileNotFoundError: If the file or its card is missing.
        DamagedFileError: If the file is not the one of its card.
    """
    card = check_by_card(SHIPPED_FOLDER / FILE)
    with np.load(SHIPPED_FOLDER / FILE, allow_pickle=False) as content:
        images, labels, speakers, takes = (torch.from_numpy(content[name]) for name in FIELDS)
    return _as_sounds(images, labels.long(), speakers.long(), takes.long(), tuple(card["voices"]))


def make_synthetic_digits(num_takes: int = NUM_TAKES, seed: int = SEED) -> LabelledSounds:
    """Digits as the shipped ones, spoken anew; with the defaults, those.

    Args:
        num_takes: How often each voice says each digit.
        seed: Of the throats and microphones of the voices, and of the takes.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
        ValueError: If ``num_takes`` is below 1.
    """
    spoken = list(speak_digits(num_takes, seed))
    images = torch.stack([sound_picture(digit.sound) for digit in spoken])
    labels, speakers, takes = torch.tensor([digit[1:] for digit in spoken]).unbind(1)
    return _as_sounds(images, labels, speakers, takes, TARGET_VOICES)


def speak_digits(num_takes: int = NUM_TAKES, seed: int = SEED) -> Iterator[Spoken]:
    """What ``make_synthetic_digits`` makes pictures of, to be heard; arguments and errors as there.

    The order is by voice, by digit, by take. No voice's sounds depend on another voice.
    """
    if num_takes < 1:
        raise ValueError(f"num_takes must be at least 1, got {num_takes}")
    for place, voice in enumerate(TARGET_VOICES):
        generator = _generator_of(place, seed)
        microphone = draw_microphone(generator)
        with Speaker() as speaker:
            for label, word in enumerate(DIGITS):
                for number in range(num_takes):
                    take = draw_take(generator)
                    name = f"{LANGUAGE}+{voice}"
                    said = speaker.say(word, name, take.rate, take.pitch, take.pitch_range)
                    heard = record(through(said, microphone, generator), take, generator)
                    yield Spoken(heard, label, place, number)


def microphone_of(voice: str, seed: int = SEED) -> Microphone:
    """The throat and microphone that ``voice``, one of ``TARGET_VOICES``, has.

    Raises:
        ValueError: If it is none of them.
    """
    if voice not in TARGET_VOICES:
        raise ValueError(f"{voice!r} says no digits; these do: {', '.join(TARGET_VOICES)}")
    return draw_microphone(_generator_of(TARGET_VOICES.index(voice), seed))


def save_synthetic_digits(sounds: LabelledSounds, folder: Path, **facts: object) -> None:
    """Write ``sounds`` to ``folder`` as the shipped file, with a card that holds ``facts``."""
    numbers = {"labels": sounds.labels, "speakers": sounds.speakers, "takes": sounds.takes}
    arrays = {name: values.to(torch.uint8).numpy() for name, values in numbers.items()}
    write_by_card(
        folder / FILE,
        lambda file: np.savez_compressed(file, images=sounds.images.numpy(), **arrays),
        voices=sounds.speaker_names,
        **facts,
    )


def _generator_of(place: int, seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(1000 * seed + place)


def _as_sounds(
    images: Tensor, labels: Tensor, speakers: Tensor, takes: Tensor, voices: tuple[str, ...]
) -> LabelledSounds:
    names = tuple(str(digit) for digit in range(len(DIGITS)))
    parts = torch.tensor([PARTS.index(_part_of(voice)) for voice in voices])[speakers]
    about = {"speakers": speakers, "speaker_names": voices, "takes": takes}
    return LabelledSounds(images, labels, names, parts=parts, groups=speakers, **about)


def _part_of(voice: str) -> str:
    if voice in SEALED_VOICES:
        return "test"
    return "val" if voice in CHOOSING_VOICES else "train"
