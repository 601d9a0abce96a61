"""Lesson 11: a word is heard and seen while its pitch, speed, voice and noise move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import ipywidgets
import torch
from PIL import Image
from torch import Tensor

from course_utils.data.sounds import espeak
from course_utils.data.sounds.log_mel import RATE, SIZE, log_mel, sound_picture, trim
from course_utils.data.sounds.microphones import through
from course_utils.data.sounds.shipped_words import (
    LOUDEST,
    PITCHES,
    PLAIN_VOICE,
    RATES,
    ShippedWord,
    shipped_words,
)
from course_utils.data.sounds.synthetic_digits import microphone_of
from course_utils.data.sounds.voices import LANGUAGE, TARGET_VOICES
from course_utils.data.sounds.words import DIGITS, SOURCE_WORDS
from course_utils.figures.axes import encode_png, say
from course_utils.figures.players import LOOK, player
from course_utils.figures.sounds import plot_bands, plot_wave
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOISES = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8)  # standard deviations, shares of the loudest sample
ALL_RATES = (100, 130, 150, 175, 200, 240, 280, 320, 360)  # words a minute
ALL_PITCHES = tuple(range(0, 100, 10))  # of 99; 50 is the voice's own
USUAL = {"rate": 175, "pitch": 50, "noise": 0.0}
SHADES = (-6.0, 7.0)  # log power of white and black, the same at each move
LONGEST = 400  # ms that are drawn at least, so that a slow word is seen to be long
WIDTH, HEIGHT = 4.6, 2.6  # inches
SIDE = 128  # of what a network sees, pixels of the page
KEPT = 64  # words that need not be spoken once more
TASK = (
    "Task: choose a word, and raise the noise until you cannot hear it any more. When does its "
    "picture lose it? Then change pitch, speed and voice: what of it stays in the picture?"
)

Speak = Callable[[str, str, int, int, bool], ShippedWord]


def explore_word() -> Explorer:
    """Controls for a word and how it is said: what is heard, and what does a network see of it?

    With eSpeak NG, an extra, any of it is spoken anew. Without, it is the nearest of the shipped
    words, and the words below the figure say so.

    Raises:
        FileNotFoundError: If the shipped words are missing.
    """
    words = shipped_words()
    anew = espeak.is_installed()
    speak = lru_cache(KEPT)(partial(_speak, words, anew))
    first = next(word for word in words if word.is_plain)
    start = {"word": first.word, "voice": PLAIN_VOICE, "microphone": False, **USUAL}
    all_words = (*DIGITS, *SOURCE_WORDS) if anew else sorted({each.word for each in words})
    controls = {
        "word": ipywidgets.Dropdown(
            options=all_words, value=first.word, description="word"
        ),
        "rate": slider_over(
            ALL_RATES if anew else RATES, "words a minute", start=USUAL["rate"]
        ),
        "pitch": slider_over(ALL_PITCHES if anew else PITCHES, "pitch", start=USUAL["pitch"]),
        "noise": slider_over(NOISES, "noise, share of the loudest", form="{:g}".format),
        "voice": ipywidgets.Dropdown(
            options=TARGET_VOICES, value=PLAIN_VOICE, description="voice"
        ),
        "microphone": ipywidgets.Checkbox(
            False, description="through its own throat and microphone", indent=False
        ),
    }  # fmt: skip
    stills = {
        "as usual": start,
        "faster and higher": start | {"rate": max(RATES), "pitch": max(PITCHES)},
        "with noise": start | {"noise": 0.2},
    }
    explorer = Explorer(
        partial(draw_word, speak=speak), controls, stills=stills,
        also=partial(_heard_and_seen, speak=speak), columns=2, width=WIDTH, height=HEIGHT,
    )  # fmt: skip
    explorer.box.children = (ipywidgets.HTML(f"<p>{TASK}</p>"), *explorer.box.children)
    return explorer


def draw_word(
    axes: Sequence[Axes],
    *,
    speak: Speak,
    word: str,
    voice: str,
    microphone: bool,
    rate: int,
    pitch: int,
    noise: float,
) -> None:
    """The wave of a word, and its bands over milliseconds.

    Args:
        axes: Two.
        speak: Gives a word by a voice at a rate and pitch, plain or not.
        word: What is said.
        voice: By whom.
        microphone: Whether it is heard through the voice's throat and microphone.
        rate: Words a minute.
        pitch: 0 to 99.
        noise: Its standard deviation, as a share of the loudest sample.
    """
    said = speak(word, voice, rate, pitch, not microphone)
    sound = with_noise(said.sound, noise)
    through_what = "" if said.is_plain else ", through its throat and microphone"
    say(
        axes[0],
        f'"{said.word}" by the voice {said.voice}{through_what}, at {said.rate} words a minute and '
        f"pitch {said.pitch} of 99, {f'with noise of {noise:g}' if noise else 'without noise'}.",
    )
    if said[1:] != (word, voice, rate, pitch, not microphone):
        say(axes[0], f"It is the nearest of the shipped words; {espeak.NO_ESPEAK}.")
    longest = max(LONGEST, 1000 * len(sound) / RATE)
    plot_wave(sound, ax=axes[0]).set_xlim(0, longest)
    plot_bands(log_mel(sound), axes[1], limits=SHADES).set_xlim(0, longest)


def with_noise(sound: Tensor, noise: float) -> Tensor:
    """``sound`` (T,) with noise, the same each time, and no sample beyond -1 and 1.

    Args:
        sound: Samples.
        noise: Its standard deviation, as a share of the loudest sample.
    """
    hiss = torch.randn(len(sound), generator=torch.Generator().manual_seed(0))
    heard = sound + noise * sound.abs().max() * hiss
    return heard / heard.abs().max().clamp(min=1)


def _heard_and_seen(
    *, speak: Speak, word: str, voice: str, microphone: bool, rate: int, pitch: int, noise: float
) -> str:
    """A player, and the picture that a network sees, as HTML."""
    said = speak(word, voice, rate, pitch, not microphone)
    sound = with_noise(said.sound, noise)
    shades = 255 - sound_picture(sound)[0].flip(0)  # dark is strong, low bands are at the bottom
    png = encode_png(Image.fromarray(shades.numpy()))
    return (
        f"{player(sound, RATE, f'{said.word}, {said.voice}')}"
        f'<div style="{LOOK}"><img alt="the picture of this sound, {SIZE} bands and {SIZE} steps" '
        f'style="width:{SIDE}px; height:{SIDE}px; image-rendering:pixelated; margin:0" '
        f'src="data:image/png;base64,{png}"><span>What a network sees of it: the word alone, drawn '
        f"out to {SIZE} steps, in one mean and one spread of shades.</span></div>"
    )


def _speak(
    words: Sequence[ShippedWord], anew: bool, word: str, voice: str, rate: int, pitch: int,
    is_plain: bool,
) -> ShippedWord:  # fmt: skip
    """The nearest of the shipped words; spoken anew, where it can be, if that is another."""
    wanted = (word, voice, rate, pitch, is_plain)
    nearest = min(words, key=lambda each: _distance(each, *wanted))
    if nearest[1:] == wanted or not anew:
        return nearest
    said = espeak.say(word, f"{LANGUAGE}+{voice}", rate, pitch)
    if not is_plain:
        said = through(said, microphone_of(voice), torch.Generator().manual_seed(0))
    return ShippedWord(LOUDEST * trim(said), *wanted)


def _distance(
    each: ShippedWord, word: str, voice: str, rate: int, pitch: int, is_plain: bool
) -> tuple[bool | int, ...]:
    """How far a shipped word is from what is wanted: another voice is the farthest."""
    unlike = each.voice != voice, each.is_plain != is_plain, each.word != word
    return (*unlike, abs(each.rate - rate), abs(each.pitch - pitch))
