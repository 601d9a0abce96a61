"""A few words to be heard where eSpeak NG is not installed: one sound file, and where each word is.

One digit by each voice that says digits, through its throat and microphone; and three digits by
one plain voice, lower and higher, slower and faster.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from scipy.io import wavfile
from torch import Tensor

from course_utils.data.sounds.cards import check_by_card, write_by_card
from course_utils.data.sounds.espeak import Speaker
from course_utils.data.sounds.log_mel import RATE, trim
from course_utils.data.sounds.microphones import through
from course_utils.data.sounds.synthetic_digits import SHIPPED_FOLDER, microphone_of
from course_utils.data.sounds.voices import LANGUAGE, TARGET_VOICES

FILE = "words.wav"
BY_ALL = "three"
BY_PLAIN = ("two", "three", "eight")
PLAIN_VOICE = "m1"
RATES, PITCHES = (130, 175, 240), (20, 50, 80)  # words a minute; as eSpeak NG counts
USUAL = {"rate": 175, "pitch": 50}
LOUDEST = 0.9  # of what 16 bits hold
PAUSE = RATE // 50  # samples between two words


class ShippedWord(NamedTuple):
    """One word.

    Args:
        sound: Samples (T,) at ``RATE``, float32 from -1 to 1.
        word: What is said.
        voice: The voice of eSpeak NG, one of ``TARGET_VOICES``.
        rate: Words a minute.
        pitch: 0 to 99, as eSpeak NG counts.
        is_plain: Whether it is heard without throat and microphone of that voice.
    """

    sound: Tensor
    word: str
    voice: str
    rate: int
    pitch: int
    is_plain: bool


def shipped_words() -> tuple[ShippedWord, ...]:
    """All words that are shipped.

    Raises:
        FileNotFoundError: If the file or its card is missing.
        DamagedFileError: If the file is not the one of its card.
    """
    card = check_by_card(SHIPPED_FOLDER / FILE)
    _, samples = wavfile.read(SHIPPED_FOLDER / FILE)
    sounds = torch.from_numpy(samples / np.float32(2**15))
    parts = [sounds[start : start + length] for start, length in card["places"]]
    return tuple(ShippedWord(*of) for of in zip(parts, *_columns(card["words"]), strict=True))


def make_words() -> tuple[ShippedWord, ...]:
    """The shipped words, spoken anew.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
    """
    return (*_by_all(), *_by_plain())


def save_words(words: tuple[ShippedWord, ...], folder: Path, **facts: object) -> None:
    """Write ``words`` to ``folder`` as the shipped file, with a card that holds ``facts``."""
    pause, samples, places = np.zeros(PAUSE, np.int16), [], []
    for word in words:
        start = sum(map(len, samples))
        samples += [(word.sound.numpy() * 2**15).round().astype(np.int16), pause]
        places.append((start, len(word.sound)))
    about = [word._asdict() for word in words]
    write_by_card(
        folder / FILE,
        lambda file: wavfile.write(file, RATE, np.concatenate(samples)),
        **facts,
        words=[{name: of[name] for name in ShippedWord._fields[1:]} for of in about],
        places=places,
    )


def _by_all() -> Iterator[ShippedWord]:
    for place, voice in enumerate(TARGET_VOICES):
        generator = torch.Generator().manual_seed(place)  # of the microphone's noise
        microphone = microphone_of(voice)
        with Speaker() as speaker:
            said = speaker.say(BY_ALL, f"{LANGUAGE}+{voice}", **USUAL)
        heard = through(said, microphone, generator)
        yield ShippedWord(_as_shipped(heard), BY_ALL, voice, **USUAL, is_plain=False)


def _by_plain() -> Iterator[ShippedWord]:
    with Speaker() as speaker:
        for word, rate, pitch in itertools.product(BY_PLAIN, RATES, PITCHES):
            said = speaker.say(word, f"{LANGUAGE}+{PLAIN_VOICE}", rate, pitch)
            yield ShippedWord(_as_shipped(said), word, PLAIN_VOICE, rate, pitch, is_plain=True)


def _as_shipped(sound: Tensor) -> Tensor:
    """Without silence, as loud as the others, and what 16 bits hold."""
    return (trim(sound) * LOUDEST * 2**15).round() / 2**15


def _columns(words: list[dict[str, object]]) -> list[list[object]]:
    return [[word[name] for word in words] for name in ShippedWord._fields[1:]]
