"""Players in a page: the sound is whole and not cut off, and words say what sounds there."""

import io
import math
import re
import wave
from base64 import b64decode
from html import unescape
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.figures import players
from course_utils.figures.players import hear, heard, player


def tone(frequency: float, seconds: float, rate: int) -> np.ndarray:
    return np.sin(2 * math.pi * frequency * np.arange(int(seconds * rate)) / rate)


def samples_in(html: str) -> tuple[np.ndarray, int]:
    """Samples of 16 bits and the rate of the file that a player holds."""
    (data,) = re.findall(r'src="data:audio/wav;base64,([^"]+)"', html)
    with wave.open(io.BytesIO(b64decode(data))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


@pytest.mark.parametrize("loudest", [1e-4, 0.3, 1.0, 2.5])
def test_the_player_holds_the_whole_sound_as_loud_as_it_can_be(loudest: float) -> None:
    sound = loudest * tone(200, 0.25, 16000)
    samples, rate = samples_in(player(torch.from_numpy(sound).float(), 16000, "a tone"))
    assert rate == 16000 and len(samples) == 4000
    assert np.abs(samples).max() == 32767
    assert np.abs(samples / 32767 - sound / loudest).max() < 1e-4  # nothing is cut off


def test_a_name_is_text_and_the_words_are_beside_the_player() -> None:
    title = 'six, by "<b>&'
    html = player(tone(200, 0.5, 8000), 8000, title)
    assert "<b>" not in html
    (name,) = re.findall(r'aria-label="([^"]*)"', html)
    (words,) = re.findall(r"<span>(.*)</span>", html)
    assert unescape(name) == unescape(words)
    assert unescape(name).startswith(f"{title}: 0.50 s, loudest at ")
    assert "controls" in html and "autoplay" not in html
    assert "data-lm-suppress-shortcuts" in html  # else arrows lead away from it, to other cells


def test_words_tell_when_it_is_loudest_and_where_its_power_lies() -> None:
    sound = tone(500, 0.3, 8000) * np.linspace(0.2, 0.5, 2400)
    sound[1600] = 1.0
    assert heard(sound, 8000).startswith("0.30 s, loudest at 0.20 s;")
    both = tone(400, 1.0, 8000) + tone(1200, 1.0, 8000)
    assert heard(both, 8000).endswith("between 400 and 1,200 Hz.")
    assert heard(tone(440, 1.0, 16000), 16000).endswith("between 440 and 440 Hz.")


def test_hear_displays_the_player_and_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(players, "display", lambda data, raw: shown.append(data))
    sound = tone(300, 0.2, 8000)
    hear(sound, title="a tone")
    (data,) = shown
    assert data["text/html"] == player(sound, 8000, "a tone")
    assert data["text/plain"] == f"a tone: {heard(sound, 8000)}"


def test_bad_input_is_refused() -> None:
    good = tone(300, 0.2, 8000)
    for sound, rate, said in (
        (np.zeros(100), 8000, "all 100 samples are 0: there is nothing to hear"),
        (np.zeros(0), 8000, "at least one"),
        (np.array([0.1, math.nan]), 8000, "finite"),
        ((good * 30000).astype(np.int16), 8000, "got int16; divide"),
        (good, 100, "browsers play 3,000 to 192,000 samples a second, got 100"),
        (tone(300, 11, 8000), 8000, "at most 10 seconds of a sound, got 11"),
    ):
        with pytest.raises(ValueError, match=said):
            hear(sound, rate)
