"""How often each pair of neighbouring tokens occurs in many pieces of text, while pairs merge."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

Pair = tuple[int, int]  # two tokens, one behind the other


class PairCounts:
    """Counts of pairs, kept up to date: a merge looks only at the pieces that hold its pair.

    Args:
        pieces: Tokens of each piece of text, and how often it occurs.
    """

    def __init__(self, pieces: Iterable[tuple[list[int], int]]) -> None:
        self._pieces: list[list[int]] = []
        self._numbers: list[int] = []
        self._counts: Counter[Pair] = Counter()
        self._places: defaultdict[Pair, set[int]] = defaultdict(set)  # pieces that may hold it
        for place, (tokens, number) in enumerate(pieces):
            self._pieces.append(tokens)
            self._numbers.append(number)
            self._count(place, number)
        # The most frequent first. A pair whose count changes is put in again; what was there
        # before is passed over when its turn comes.
        self._queue = [(-number, pair) for pair, number in self._counts.items()]
        heapify(self._queue)

    def most_frequent(self) -> Pair | None:
        """The pair with the highest count, of equal ones the smallest; None if none is left."""
        while self._queue:
            number, pair = self._queue[0]
            if self._counts[pair] == -number:
                return pair if number <= -2 else None
            heappop(self._queue)
        return None

    def merge(self, pair: Pair, token: int) -> None:
        """Put ``token`` in the place of ``pair`` in every piece."""
        changed = set()
        for place in self._places.pop(pair):
            number = self._numbers[place]
            changed |= self._count(place, -number)
            self._pieces[place] = merge_pair(self._pieces[place], pair, token)
            changed |= self._count(place, number)
        for each in changed:
            heappush(self._queue, (-self._counts[each], each))

    def _count(self, place: int, number: int) -> set[Pair]:
        """Add ``number`` to the count of every pair in a piece; return those pairs."""
        pairs = list(pairwise(self._pieces[place]))
        for pair in pairs:
            self._counts[pair] += number
            self._places[pair].add(place)
        return set(pairs)


def merge_pair(tokens: Sequence[int], pair: Pair, token: int) -> list[int]:
    """``tokens`` with ``token`` in the place of ``pair``, from the left on."""
    merged, place = [], 0
    while place < len(tokens):
        if tuple(tokens[place : place + 2]) == pair:
            merged.append(token)
            place += 2
        else:
            merged.append(tokens[place])
            place += 1
    return merged
