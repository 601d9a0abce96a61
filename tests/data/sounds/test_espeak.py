"""eSpeak NG: the same each time, as asked for, and clear about what it cannot do."""

import sys

import pytest
import torch

from course_utils.data.sounds.espeak import Speaker, is_installed, say, variants
from course_utils.data.sounds.log_mel import RATE, trim
from tests.helpers.speech import needs_espeak


def pitch_of(sound: torch.Tensor) -> float:
    """Of the strongest frequency from 60 to 400 Hz, in Hz."""
    power = torch.fft.rfft(sound, RATE).abs()  # a value for each Hz
    return 60 + power[60:400].argmax().item()


@needs_espeak
def test_a_word_is_a_sound_of_a_sensible_length_and_loudness() -> None:
    sound = say("seven", "en-us+m1")
    assert sound.dtype == torch.float32 and sound.ndim == 1
    assert 0.2 < len(trim(sound)) / RATE < 0.8
    assert 0.1 < sound.abs().max() <= 1


@needs_espeak
def test_the_same_call_gives_the_same_sound_whatever_was_said_before() -> None:
    first = say("seven", "en-us+m3", 150, 60)
    say("zebra", "en-029+f1")
    assert say("seven", "en-us+m3", 150, 60).equal(first)
    with Speaker() as one, Speaker() as other:
        for word in ("seven", "apple", "zero"):
            heard = one.say(word, "en-us+zac")
            assert heard.equal(other.say(word, "en-us+zac"))


@needs_espeak
def test_rate_and_pitch_are_what_was_asked_for() -> None:
    slow, fast = (len(trim(say("banana", rate=rate))) for rate in (110, 260))
    assert 1.5 < slow / fast < 3
    low, high = (pitch_of(say("banana", "en-us+m1", 120, pitch, 0)) for pitch in (20, 80))
    assert high > 1.2 * low
    assert not say("banana", pitch_range=0).equal(say("banana", pitch_range=90))


@needs_espeak
def test_voices_that_breathe_are_left_out_and_refused() -> None:
    names = variants()
    assert {"m1", "zac", "steph"} <= set(names)
    assert not {"whisper", "f2", "f3", "f5", "Reed", "Storm", "Demonic", "victor"} & set(names)
    with pytest.raises(ValueError, match=r"'en-us\+f2' breathes.*m1"):
        say("seven", "en-us+f2")


@needs_espeak
@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"voice": "en-us+nobody"}, "no variant 'nobody'; there are .*m1"),
        ({"voice": "qq"}, "no voice 'qq'"),
        ({"rate": 79}, "rate must be from 80 to 450, got 79"),
        ({"pitch": 100}, "pitch must be from 0 to 99, got 100"),
        ({"pitch_range": -1}, "pitch_range must be from 0 to 99, got -1"),
        ({"pitch": float("nan")}, "pitch must be from 0 to 99, got nan"),
        ({"text": ""}, "'' holds nothing that can be said"),
        ({"text": " . "}, "holds nothing that can be said"),
    ],
)
def test_what_cannot_be_said_is_refused_and_what_comes_after_is_said(
    asked: dict[str, object], reason: str
) -> None:
    with Speaker() as speaker:
        with pytest.raises(ValueError, match=reason):
            speaker.say(**{"text": "seven", **asked})
        assert len(speaker.say("seven"))


@needs_espeak
def test_every_voice_says_a_word() -> None:
    with Speaker() as speaker:
        assert all(len(speaker.say("no", f"en-us+{voice}")) for voice in variants())


@needs_espeak
def test_how_a_word_is_spoken_can_be_read() -> None:
    with Speaker() as speaker:
        assert speaker.phonemes("three") == "θɹˈiː"
        assert speaker.phonemes("water", "en") != speaker.phonemes("water", "en-us")
        assert int(speaker.version.split(".")[0]) >= 1


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    for ask in (lambda: say("seven"), variants):
        with pytest.raises(ImportError, match=r"pip install -r requirements/speech\.txt"):
            ask()


def test_a_missing_extra_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_utils.data.sounds.espeak.find_spec", lambda name: None)
    assert not is_installed()
