"""The words to hear: those of the card, of sensible loudness, and made by the project's command."""

from collections import Counter

import pytest
import torch

from course_utils.data.sounds.log_mel import RATE, sound_picture
from course_utils.data.sounds.shipped_words import FILE, make_words, shipped_words
from course_utils.data.sounds.synthetic_digits import SHIPPED_FOLDER, load_synthetic_digits
from course_utils.data.sounds.voices import TARGET_VOICES
from tests.helpers.speech import needs_espeak


def test_all_voices_are_heard_and_one_of_them_plain_in_nine_ways() -> None:
    words = shipped_words()
    in_rooms = [word for word in words if not word.is_plain]
    plain = [word for word in words if word.is_plain]
    assert {word.voice for word in in_rooms} == set(TARGET_VOICES)
    assert Counter(word.word for word in in_rooms) == {"three": 18}
    assert Counter(word.word for word in plain) == {"two": 9, "three": 9, "eight": 9}
    assert len({(word.word, word.rate, word.pitch) for word in plain}) == 27
    assert (SHIPPED_FOLDER / FILE).stat().st_size <= 300_000


def test_each_is_a_sound_as_loud_as_the_others() -> None:
    for word in shipped_words():
        assert word.sound.dtype == torch.float32
        assert 0.15 < len(word.sound) / RATE < 1.2
        assert word.sound.abs().max().item() == pytest.approx(0.9, abs=1e-3)
        assert sound_picture(word.sound).shape == (1, 16, 16)


def test_a_faster_word_is_shorter() -> None:
    lengths = {(w.word, w.rate): len(w.sound) for w in shipped_words() if w.is_plain}
    for word in ("two", "three", "eight"):
        assert lengths[word, 130] > lengths[word, 175] > lengths[word, 240]


def test_a_word_through_a_voices_microphone_is_like_the_shipped_pictures_of_that_voice() -> None:
    digits = load_synthetic_digits()
    of_three = digits.images.float()[digits.labels == 3]
    voices = digits.speakers[digits.labels == 3]
    means = torch.stack([of_three[voices == voice].mean(0) for voice in range(18)])
    right = 0
    for word in shipped_words():
        if word.word == "three" and not word.is_plain:
            picture = sound_picture(word.sound).float()
            nearest = (means - picture).square().mean(dim=(1, 2, 3)).argmin()
            right += TARGET_VOICES[nearest] == word.voice
    assert right >= 15


@needs_espeak
def test_words_spoken_anew_are_the_shipped_ones() -> None:
    for anew, shipped in zip(make_words(), shipped_words(), strict=True):
        assert anew[1:] == shipped[1:]
        # Rounding may differ on other machines, and with it the length by a step of the silence.
        assert abs(len(anew.sound) - len(shipped.sound)) <= RATE // 100
        change = sound_picture(anew.sound).int() - sound_picture(shipped.sound).int()
        assert change.abs().float().mean() < 1
