"""Rivals of a language model: tables of counts, by a plain loop, and programs that pack files."""

import lzma
import math
import zlib
from collections import Counter

import pytest

from course_utils.lessons.text.counting import PREFERENCE, packed_bits, score_by_counts
from course_utils.models.text import streams
from course_utils.models.text.byte_pairs import Tokenizer, fit_merges
from course_utils.models.text.streams import token_stream
from tests.helpers.notebook_files import NOTEBOOKS_FOLDER, read_notebook, source_of

SEEN = ["the cat sat on the mat", "the dog sat on the log", "a cat and a dog"]
ASKED = ["the cat sat on a log", "é dog on the mat"]


def bits_by_loop(tokenizer: Tokenizer, num_before: int) -> float:
    seen, asked = (token_stream(tokenizer, some).tolist() for some in (SEEN, ASKED))
    singles, size = Counter(seen[1:]), tokenizer.vocab_size

    def rows(tokens: list[int], length: int) -> list[tuple[int, ...]]:
        filled = [tokenizer.end] * num_before + tokens
        ends = range(num_before + 1, len(filled))
        return [tuple(filled[end - length : end]) for end in ends]

    def prob(row: tuple[int, ...], token: int) -> float:
        if not row:
            return (singles[token] + 1) / (singles.total() + size)
        followed = [
            after
            for before, after in zip(rows(seen, len(row)), seen[1:], strict=True)
            if before == row
        ]
        below = prob(row[1:], token)
        return (followed.count(token) + PREFERENCE * below) / (len(followed) + PREFERENCE)

    pairs = zip(rows(asked, num_before), asked[1:], strict=True)
    bits = -sum(math.log2(prob(row, token)) for row, token in pairs)
    return bits / sum(len(text.encode()) for text in ASKED)


@pytest.mark.parametrize("num_before", [0, 1, 2, 3])
def test_counts_are_those_of_a_plain_loop(num_before: int) -> None:
    tokenizer = Tokenizer(fit_merges(SEEN, 6))
    found = score_by_counts(tokenizer, SEEN, ASKED, num_before)
    assert found == pytest.approx(bits_by_loop(tokenizer, num_before))


def test_the_table_of_pairs_that_the_lesson_shows_gives_the_same() -> None:
    shown = {"math": math, "streams": streams}
    cells = read_notebook(NOTEBOOKS_FOLDER / "10_text.ipynb")["cells"]
    (source,) = (text for cell in cells if (text := source_of(cell)).startswith("def score_by_p"))
    exec(source, shown)
    tokenizer = Tokenizer(fit_merges(SEEN, 6))
    perplexity, bits = shown["score_by_pairs"](tokenizer, SEEN, ASKED, PREFERENCE)
    assert bits == pytest.approx(score_by_counts(tokenizer, SEEN, ASKED, 1), rel=1e-5)
    num_tokens, num_bytes = len(token_stream(tokenizer, ASKED)) - 1, len("".join(ASKED).encode())
    assert math.log2(perplexity) * num_tokens == pytest.approx(bits * num_bytes, rel=1e-5)


def test_what_follows_is_likelier_by_more_of_what_stands_before() -> None:
    tokenizer = Tokenizer([])
    texts = ["one two one two one two"] * 40
    scores = [score_by_counts(tokenizer, texts, texts[:1], number) for number in (0, 1, 2)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.slow
def test_packed_sizes_are_those_of_the_programs() -> None:
    found = packed_bits(SEEN, ASKED)
    new = "".join(f"{text}\n" for text in ASKED).encode()
    num_bytes = len(new) - len(ASKED)  # without the ends of lines
    assert found["zlib"] == 8 * len(zlib.compress(new, 9)) / num_bytes
    best = 9 | lzma.PRESET_EXTREME
    assert found["xz"] == 8 * len(lzma.compress(new, preset=best)) / num_bytes
    assert packed_bits(ASKED, ASKED)["xz behind the texts"] < found["xz behind the texts"]
