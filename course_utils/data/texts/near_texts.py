"""Near copies among texts: a word changed, other signs or capitals, something put in.

A text is the set of all that five signs in a row it holds. Two texts are as alike as their sets:
what both hold, as a share of what either holds.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

LIKENESS = 0.7  # from which two texts count as near copies
SIGNS = 5  # in a row
BANDS, ROWS = 16, 4  # of smallest numbers; of pairs as alike as LIKENESS 99 in 100 are compared
KEPT = 10_000  # texts whose numbers are kept for the next pairs
AT_ONCE = 4_000_000  # signs, so that what is computed on the way stays small
EDGES = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """``text`` in small letters, with one blank for all that is neither letter nor digit."""
    return EDGES.sub(" ", text.casefold()).strip()


def find_near_texts(texts: Sequence[str]) -> Tensor:
    """Pairs (P, 2) of places whose texts are near copies, the smaller place first.

    Not all pairs, but enough to connect what belongs together.

    Args:
        texts: N texts.

    Source: Broder, "On the resemblance and containment of documents" (1997), Compression and
        Complexity of Sequences; bands as in Leskovec, Rajaraman and Ullman, "Mining of Massive
        Datasets", section 3.4.
    """
    if not texts:
        return torch.zeros(0, 2, dtype=torch.int64)
    plain = [bare(text).encode() for text in texts]
    prints = _fingerprints(plain)
    numbers_of = lru_cache(KEPT)(lambda place: np.unique(_numbers(plain[place])))
    seen: set[tuple[int, int]] = set()
    found = []
    for band in range(BANDS):
        rows = np.ascontiguousarray(prints[:, band * ROWS : (band + 1) * ROWS])
        for pair in _neighbours(rows):
            if pair not in seen:
                seen.add(pair)
                if _likeness(*map(numbers_of, pair)) >= LIKENESS:
                    found.append(pair)
    return torch.tensor(sorted(found), dtype=torch.int64).reshape(-1, 2)


def _fingerprints(texts: Sequence[bytes]) -> np.ndarray:
    """For each of N texts the smallest of its numbers in BANDS * ROWS orders, (N, BANDS * ROWS)."""
    generator = np.random.default_rng(0)
    factors = generator.integers(0, 2**63, (BANDS * ROWS, 1), dtype=np.uint64) * 2 + 1
    prints = []
    for some in _batches(texts):
        numbers = [_numbers(text) for text in some]
        starts = np.cumsum([0, *map(len, numbers[:-1])])
        joined = np.concatenate(numbers)
        least = [np.minimum.reduceat(joined * factor, starts) for factor in factors]
        prints.append(np.stack(least, axis=1))
    return np.concatenate(prints)


def _batches(texts: Sequence[bytes]) -> Iterator[list[bytes]]:
    some, size = [], 0
    for text in texts:
        some.append(text)
        size += len(text)
        if size > AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _numbers(text: bytes) -> np.ndarray:
    """A number, spread over 64 bits, for each SIGNS signs in a row; for shorter texts, one."""
    signs = np.frombuffer(text.ljust(SIGNS), np.uint8).astype(np.uint64)
    windows = np.zeros(len(signs) - SIGNS + 1, np.uint64)
    for place in range(SIGNS):
        windows = windows << np.uint64(8) | signs[place : place + len(windows)]
    windows ^= windows >> np.uint64(31)  # the mixing of splitmix64, so that orders differ
    windows *= np.uint64(0xBF58476D1CE4E5B9)
    windows ^= windows >> np.uint64(27)
    windows *= np.uint64(0x94D049BB133111EB)
    return windows ^ windows >> np.uint64(31)


def _neighbours(rows: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of places with equal ``rows`` (N, R): with the first of these, and with the last."""
    keys = rows.view([("", rows.dtype)] * rows.shape[1]).ravel()
    order = np.argsort(keys, kind="stable")
    is_same = keys[order][1:] == keys[order][:-1]
    first = previous = -1
    for place, continues in zip(order.tolist(), [False, *is_same.tolist()], strict=True):
        if not continues:
            first = place
        else:
            yield first, place
            if previous != first:
                yield previous, place
        previous = place


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
