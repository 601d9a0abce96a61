"""Whether an exam was read before: words in a row that stand in another text, too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from course_utils.data.plain_text import counted, shorten

EXAMPLES = 2  # exam texts that are shown
COLUMNS = 60  # that the words of one may take
Words = tuple[str, ...]


@dataclass(frozen=True)
class SharedWords:
    """Words in a row that stand in an exam text and in a source text.

    Args:
        exam_text: Its place, from 0.
        source: The name of the first source text that holds them.
        words: The words, in small letters and with one blank between them.
        num_words: How many words of the exam text, from the first of these on, stand in the source
            in rows of n; the later rows may stand in other source texts.
    """

    exam_text: int
    source: str
    words: str
    num_words: int

    def __str__(self) -> str:
        said = (
            f"{counted(self.num_words, 'word')} of exam text {self.exam_text} stand in the source"
        )
        return f'{said}, from "{shorten(self.words, COLUMNS)}" ({self.source}) on'


@dataclass(frozen=True)
class Overlap:
    """How much of N exam texts stands in a source.

    Args:
        n: Words in a row that are looked for.
        shares: (N,), float, from 0 to 1: of the rows of n words in an exam text, those that stand
            in a source text. A text of fewer words is one row, and one without words is not read.
        num_words: (N,), int64: of how many words in a row all rows of n stand in the source.
        examples: Of the texts with the longest such rows, the longest first.
    """

    n: int
    shares: Tensor
    num_words: Tensor
    examples: tuple[SharedWords, ...]

    def __len__(self) -> int:
        return len(self.shares)

    @property
    def is_read(self) -> Tensor:
        """Which exam texts have at least one such row in the source (N,), bool."""
        return self.shares > 0

    @property
    def share(self) -> float:
        """The share of the exam texts that have one, from 0 to 1."""
        return float(self.is_read.double().mean())

    def __str__(self) -> str:
        said = (
            f"{int(self.is_read.sum()):,} of {counted(len(self), 'exam text')} "
            f"({100 * self.share:.1f} %) have {counted(self.n, 'word')} in a row that stand in the "
            "source; shorter ones count if they stand there as a whole."
        )
        return "\n".join([said, *map(str, self.examples)])


def find_overlap(
    exam: Sequence[str],
    source: Sequence[str],
    n: int = 8,
    *,
    source_names: Sequence[str] | None = None,
) -> Overlap:
    """How much of each exam text stands in ``source``, by rows of ``n`` words.

    Words are letters and digits, small. No row reaches from one source text to the next. Rows are
    compared as they are, so that equal words alone count. 5 million signs take about a second.

    Args:
        exam: N texts.
        source: M texts; they are gone through once, and only rows of the exam are kept.
        n: At least 1. Few words stand in many texts by chance.
        source_names: M names for the report, such as files; by default numbers from 0.

    Raises:
        TypeError: If ``exam`` or ``source`` is one text and no list.
        ValueError: If the exam is empty, ``n`` is no whole number from 1, or names are missing.

    Source: Brown and others, "Language Models are Few-Shot Learners" (2020), arXiv:2005.14165,
        appendix C: a text is dirty if it shares N words in a row with the training text, N from 8
        to 13 by the length of the texts.
    """
    _check(exam, source, n, source_names)
    asked = [_rows_of(text, n) for text in exam]
    first = _first_places({row for rows in asked for row in rows}, source)
    is_held = [[row in first for row in rows] for rows in asked]
    stretches = [_longest_stretch(held) for held in is_held]  # (start, rows)
    num_words = [
        number and number - 1 + len(rows[0])
        for rows, (_, number) in zip(asked, stretches, strict=True)
    ]
    best = sorted(range(len(exam)), key=lambda k: -num_words[k])[:EXAMPLES]
    examples = []
    for place in best:
        if num_words[place]:
            row = asked[place][stretches[place][0]]
            name = f"source text {first[row]}" if source_names is None else source_names[first[row]]
            examples.append(SharedWords(place, name, " ".join(row), num_words[place]))
    shares = torch.tensor([sum(held) / max(1, len(held)) for held in is_held])
    return Overlap(n, shares, torch.tensor(num_words), tuple(examples))


def words_of(text: str) -> list[str]:
    """The words of ``text`` in small letters, without signs."""
    return re.findall(r"\w+", text.lower())


def _rows_of(text: str, n: int) -> list[Words]:
    """All rows of n words; the whole text if it has fewer, and nothing if it has none."""
    words = words_of(text)
    return list(_rows(words, min(n, len(words))))


def _rows(words: Sequence[str], n: int) -> Iterator[Words]:
    return zip(*(islice(words, start, None) for start in range(n)), strict=False)


def _first_places(wanted: set[Words], source: Sequence[str]) -> dict[Words, int]:
    """For each wanted row that some source text holds the place of the first that does."""
    lengths = {len(row) for row in wanted}
    first: dict[Words, int] = {}
    for place, text in enumerate(source):
        words = words_of(text)
        for length in lengths:
            for row in wanted.intersection(_rows(words, length)):
                first.setdefault(row, place)
    return first


def _longest_stretch(held: Sequence[bool]) -> tuple[int, int]:
    """Where the longest stretch of True starts, and its length; the first of several."""
    best, number = (0, 0), 0
    for place, is_held in enumerate(held):
        number = number + 1 if is_held else 0
        if number > best[1]:
            best = (place + 1 - number, number)
    return best


def _check(
    exam: Sequence[str], source: Sequence[str], n: int, source_names: Sequence[str] | None
) -> None:
    for name, texts in (("exam", exam), ("source", source)):
        if isinstance(texts, str):
            raise TypeError(f"{name} is one text; give a list of texts, such as [{name}]")
    if not len(exam):
        raise ValueError("the exam has no texts, so there is nothing to look for; give at least 1")
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ValueError(f"n must be a whole number of words from 1, got {n!r}")
    if source_names is not None and len(source_names) != len(source):
        raise ValueError(
            f"source_names must name each of {counted(len(source), 'source text')}, got "
            f"{counted(len(source_names), 'name')}"
        )
