"""Source words: none is a digit, sounds like one, or sounds like another source word."""

import pytest

from course_utils.data.sounds.espeak import Speaker
from course_utils.data.sounds.voices import ACCENTS, LANGUAGE
from course_utils.data.sounds.words import DIGITS, HOMOPHONES, SOURCE_WORDS
from tests.helpers.speech import needs_espeak


def sounds_of(speaker: Speaker, word: str, accent: str) -> str:
    """The phonemes of ``word`` without their stress."""
    return speaker.phonemes(word, accent).replace("ˈ", "").replace("ˌ", "")


def changes(one: str, other: str) -> int:
    """How many letters to put in, take out or replace until ``one`` is ``other``."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        above, row = row, [place]
        for column, wanted in enumerate(other, 1):
            step = above[column - 1] + (letter != wanted)
            row.append(min(above[column] + 1, row[-1] + 1, step))
    return row[-1]


def test_there_are_200_words_of_which_none_is_a_digit_or_is_called_like_one() -> None:
    assert len(set(SOURCE_WORDS)) == len(SOURCE_WORDS) == 200
    assert not set(SOURCE_WORDS) & {*DIGITS, *HOMOPHONES}
    assert all(word.isalpha() and word.islower() for word in SOURCE_WORDS)


def test_changes_are_counted() -> None:
    assert [changes("three", of) for of in ("three", "tree", "three s", "fred")] == [0, 1, 2, 3]


@pytest.mark.slow
@needs_espeak
@pytest.mark.parametrize("accent", ACCENTS)
def test_no_source_word_is_within_one_sound_of_a_digit_or_the_same_as_another(accent: str) -> None:
    with Speaker() as speaker:
        digits = [sounds_of(speaker, digit, accent) for digit in DIGITS]
        words = {word: sounds_of(speaker, word, accent) for word in SOURCE_WORDS}
    near = [word for word, said in words.items() if min(changes(said, of) for of in digits) < 2]
    assert not near
    assert len(set(words.values())) == len(words)


@needs_espeak
def test_the_homophones_are_some() -> None:
    with Speaker() as speaker:
        digits = {sounds_of(speaker, digit, LANGUAGE) for digit in DIGITS}
        assert {sounds_of(speaker, word, LANGUAGE) for word in HOMOPHONES} <= digits
        assert min(changes(sounds_of(speaker, "tree", LANGUAGE), digit) for digit in digits) == 1
