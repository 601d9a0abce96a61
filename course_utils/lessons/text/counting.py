"""Rivals of a language model without weights: tables of counts, and programs that pack files."""

import lzma
import zlib
from collections.abc import Sequence

import numpy as np

from course_utils.models.text.byte_pairs import Tokenizer, to_bytes
from course_utils.models.text.streams import token_stream

PREFERENCE = 50  # m: what one token less says counts as if it had been seen so many times


def score_by_counts(
    tokenizer: Tokenizer, texts: Sequence[str], others: Sequence[str], num_before: int
) -> float:
    """Bits per byte of ``others`` by counting, in ``texts``, what follows on so many tokens.

    ``p(b | before) = (c(before, b) + m p(b | one token less)) / (c(before) + m)``.

    Args:
        tokenizer: Fitted on ``texts``.
        texts: To count in.
        others: To score.
        num_before: Tokens before, from 0, which counts single tokens.

    Source: MacKay and Peto, "A hierarchical Dirichlet language model" (1995), Natural Language
        Engineering 1.
    """
    seen, asked = (token_stream(tokenizer, some).numpy() for some in (texts, others))
    size = tokenizer.vocab_size
    start = np.full(num_before, tokenizer.end)
    probs = (np.bincount(seen[1:], minlength=size) + 1.0)[asked[1:]] / (len(seen) - 1 + size)
    for length in range(1, num_before + 1):
        before_seen, before_asked = (
            _numbers(np.concatenate([start, row]), length, size)[num_before - length + 1 :]
            for row in (seen, asked)
        )
        context, wanted = before_asked[:-1], before_asked[:-1] * size + asked[1:]
        of_rows = _count(before_seen[:-1] * size + seen[1:], wanted)
        probs = (of_rows + PREFERENCE * probs) / (_count(before_seen[:-1], context) + PREFERENCE)
    num_bytes = sum(len(to_bytes(text)) for text in others)
    return float(-np.log2(probs).sum() / num_bytes)


def packed_bits(texts: Sequence[str], others: Sequence[str]) -> dict[str, float]:
    """Bits per byte of ``others`` in files that programs pack, alone and behind ``texts``.

    Unlike a model, which is handed one text after another, they pack all of ``others`` as one and
    learn from the first ones for the next.
    """
    known, new = (b"\n".join(map(to_bytes, some)) + b"\n" for some in (texts, others))
    packed = {
        "zlib": len(zlib.compress(new, 9)),
        "xz": len(_xz(new)),
        "xz behind the texts": len(_xz(known + new)) - len(_xz(known)),
    }
    num_bytes = sum(len(to_bytes(text)) for text in others)
    return {name: 8 * size / num_bytes for name, size in packed.items()}


def _xz(content: bytes) -> bytes:
    return lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)


def _numbers(tokens: np.ndarray, length: int, size: int) -> np.ndarray:
    """For each place from ``length`` - 1 on, one number for the last ``length`` tokens."""
    numbers = np.zeros(len(tokens) - length + 1, np.int64)
    for back in range(length):
        numbers = numbers * size + tokens[back : back + len(numbers)]
    return numbers


def _count(seen: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How often each of ``wanted`` is in ``seen``."""
    values, counts = np.unique(seen, return_counts=True)
    places = np.searchsorted(values, wanted).clip(max=len(values) - 1)
    return np.where(values[places] == wanted, counts[places], 0)
