"""Exams for the last exercise of lesson 10, and the texts that a model has read before."""

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

Exam = tuple[list[str], list[str], np.ndarray, int]  # texts, questions, right (N,), words in a row

SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te")
WORDS = ["".join(three) for three in product(SYLLABLES, repeat=3)]  # made up
EXAMS = ((5, 44), (3, 33), (4, 55))  # words in a row, questions


class _Source(NamedTuple):
    """What a question is made of."""

    text: list[str]  # words of a text that was read
    following: list[str]  # those of the next text
    start: int  # of a part of the text, far from its end
    new: list[str]  # words that nobody has read


# Ways to make a question, of a source and of the number n of words in a row that count.
KINDS: dict[str, Callable[[_Source, int], list[str]]] = {
    "held at its end": lambda s, n: s.new[:3] + s.text[s.start : s.start + n],
    "held from the end of the text": lambda s, n: s.text[-n:] + s.new[:2],
    "held in its middle": lambda s, n: s.new[:1] + s.text[s.start : s.start + n] + s.new[1:2],
    "held by one word more": lambda s, n: s.new[:1] + s.text[s.start : s.start + n + 1] + s.new[2:],
    "held as a whole": lambda s, n: s.text[s.start : s.start + n + 2],
    "short and held": lambda s, n: s.text[s.start : s.start + n - 1],
    "short": lambda s, n: s.text[s.start : s.start + n - 2] + s.new[:1],
    "one word too few": lambda s, n: s.text[s.start : s.start + n - 1] + s.new[:n],
    "the other way round": lambda s, n: s.text[s.start : s.start + n + 1][::-1],
    "from one text to the next": lambda s, n: s.text[-(n - 1) :] + s.following[: n - 1],
    "first and last word cut": lambda s, n: _cut(s.text[s.start : s.start + n]),
}
NUM_HELD = 6  # of the kinds, from the first


@lru_cache(8)  # a check asks for the same exams for each answer that it knows
def exams(seed: int) -> tuple[Exam, ...]:
    """Texts that were read, and questions of which some stand in them, in part or nearly.

    Questions that were read are answered right more often.
    """
    generator = np.random.default_rng([seed, 5])
    return tuple(_draw_exam(generator, n, number) for n, number in EXAMS)


def _draw_exam(generator: np.random.Generator, n: int, number: int) -> Exam:
    words = generator.permutation(WORDS).tolist()  # none comes twice, unless it is copied
    texts = [_take(words, 9 + 4 * n) for _ in range(5)]
    questions = []
    for place in range(number):
        first = generator.integers(len(texts) - 1)
        start = int(generator.integers(len(texts[0]) - 2 * n))
        source = _Source(texts[first], texts[first + 1], start, _take(words, n + 3))
        questions.append(list(KINDS.values())[place % len(KINDS)](source, n))
    held = np.arange(number) % len(KINDS) < NUM_HELD
    right = generator.uniform(size=number) < np.where(held, 0.8, 0.5)
    written = [[_write(generator, words) for words in some] for some in (texts, questions)]
    order = generator.permutation(number)
    return written[0], [written[1][k] for k in order], right[order], n


def _take(words: list[str], number: int) -> list[str]:
    """So many of the words, which are then no longer among them."""
    return [words.pop() for _ in range(number)]


def _cut(words: list[str]) -> list[str]:
    """The first word without its start, and the last one without its end."""
    return [words[0][2:], *words[1:-1], words[-1][:-2]]


def _write(generator: np.random.Generator, words: list[str]) -> str:
    """A text of the words, with capitals and signs here and there."""
    written = [word.capitalize() if generator.uniform() < 0.15 else word for word in words]
    signs = generator.choice(["", ",", ".", " -"], len(words), p=[0.85, 0.05, 0.05, 0.05])
    return " ".join(word + sign for word, sign in zip(written, signs, strict=True))
