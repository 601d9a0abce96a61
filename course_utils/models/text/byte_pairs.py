"""Byte-pair encoding: text to tokens and back, bit for bit.

A token is one byte, or a pair of earlier tokens that was frequent in the texts it was fitted on.

Source: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units"
    (2016), section 3.2; on bytes as in Radford and others, "Language Models are Unsupervised
    Multitask Learners" (2019), section 2.2.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from torch import Tensor

from course_utils.files import DamagedFileError, write_whole
from course_utils.models.text.pair_counts import Pair, PairCounts, merge_pair

NUM_BYTES = 256
# Pairs are merged within pieces: a word with the blank before it, a digit, signs, white space. At
# most 32 long, because the time a piece takes grows with the square of its length.
PIECES = re.compile(r" ?[^\W\d_]{1,32}| ?\d| ?(?:[^\w\s]|_){1,32}|\n {0,32}|\s{1,32}")
MOST_KNOWN = 500_000  # pieces whose tokens are remembered, some 100 MB
FORMAT = 1  # of the file; another one whenever the same merges would give other tokens


def fit_merges(texts: Iterable[str], num_merges: int) -> list[Pair]:
    """The pairs to merge, each the most frequent one after those before it were merged.

    Of pairs that are equally frequent, the one with the smaller tokens comes first.

    Args:
        texts: Those that a model will learn from, and no others: what is fitted on validation or
            test texts has seen them.
        num_merges: How many; from 0, which leaves bytes alone.

    Raises:
        ValueError: If ``num_merges`` is below 0, or fewer pairs than that occur twice.
    """
    if num_merges < 0:
        raise ValueError(f"num_merges must be at least 0, got {num_merges}")
    pieces = Counter(piece for text in texts for piece in PIECES.findall(text))
    counts = PairCounts((list(to_bytes(piece)), number) for piece, number in pieces.items())
    merges: list[Pair] = []
    while len(merges) < num_merges:
        pair = counts.most_frequent()
        if pair is None:
            raise ValueError(
                f"num_merges must be at most {len(merges)} here, got {num_merges}: after those "
                "merges no pair occurs twice in the texts; lower it or take more text"
            )
        counts.merge(pair, NUM_BYTES + len(merges))
        merges.append(pair)
    return merges


def to_bytes(text: str) -> bytes:
    """UTF-8, also of halves of characters, which Python finds in broken file names."""
    return text.encode("utf-8", "surrogatepass")


class Tokenizer:
    """Text to tokens and back.

    Tokens from 0 to 255 are bytes, those after them merges, and the last one is ``end``: no text
    holds it. It begins every text and says where one is over.

    Args:
        merges: Pairs of tokens as ``fit_merges`` gives them.

    Raises:
        ValueError: If a pair is there twice, or is made of tokens that come after it.
    """

    def __init__(self, merges: Iterable[Pair]) -> None:
        self.merges = [(first, second) for first, second in merges]
        self.bytes_of = [bytes([byte]) for byte in range(NUM_BYTES)]
        for first, second in self.merges:
            if not (0 <= first < len(self.bytes_of) and 0 <= second < len(self.bytes_of)):
                raise ValueError(
                    f"merge number {len(self.bytes_of) - NUM_BYTES} is of {first} and {second}, "
                    "tokens that are not there yet"
                )
            self.bytes_of.append(self.bytes_of[first] + self.bytes_of[second])
        self.token_of = {pair: NUM_BYTES + place for place, pair in enumerate(self.merges)}
        if len(self.token_of) < len(self.merges):
            raise ValueError("the same pair is merged twice")
        self.start = self.end = len(self.bytes_of)
        self.vocab_size = self.end + 1
        self._known: dict[str, list[int]] = {}  # tokens of pieces seen before

    def encode(self, text: str) -> list[int]:
        """The tokens of ``text``, without ``end``."""
        tokens = []
        for piece in PIECES.findall(text):
            known = self._known.get(piece)
            if known is None:
                known = self._encode_piece(piece)
                if len(self._known) < MOST_KNOWN:
                    self._known[piece] = known
            tokens += known
        return tokens

    def as_row(self, text: str, longest: int | None = None) -> list[int]:
        """The tokens of ``text`` that a model reads: ``end`` first.

        Args:
            text: Any.
            longest: Tokens that the row may have; what is behind them is cut off.
        """
        return [self.start, *self.encode(text)][:longest]

    def decode(self, tokens: Sequence[int] | Tensor) -> str:
        """The text of ``tokens`` (T,); ``end`` is left out.

        What ``encode`` gave comes back bit for bit. Bytes that are no UTF-8, which a model may
        write, become the sign for unknown characters.

        Raises:
            ValueError: If a number is no token.
        """
        tokens = tokens.tolist() if isinstance(tokens, Tensor) else tokens
        for token in tokens:
            if not 0 <= token <= self.end:
                raise ValueError(f"tokens must be from 0 to {self.end}, got {token}")
        content = b"".join(self.bytes_of[token] for token in tokens if token != self.end)
        try:
            return content.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return content.decode("utf-8", "replace")

    def _encode_piece(self, piece: str) -> list[int]:
        tokens = list(to_bytes(piece))
        while known := [pair for pair in pairwise(tokens) if pair in self.token_of]:
            earliest = min(known, key=self.token_of.__getitem__)
            tokens = merge_pair(tokens, earliest, self.token_of[earliest])
        return tokens


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write ``tokenizer`` to ``path`` as JSON; an older file stays until the new one is complete.

    Raises:
        OSError: If it cannot be written.
    """
    content = {"format": FORMAT, "merges": tokenizer.merges}
    write_whole(path, (json.dumps(content) + "\n").encode())


def load_tokenizer(path: Path) -> Tokenizer:
    """Read what ``save_tokenizer`` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
        DamagedFileError: If it holds something else, or was written by a version of the workbook
            that cuts text in another way.
    """
    try:
        content = json.loads(path.read_bytes())
        if content["format"] == FORMAT:
            return Tokenizer((int(first), int(second)) for first, second in content["merges"])
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedFileError(
            f"{path.name} holds no tokenizer of this workbook: it is damaged, or another file. "
            "Fit one again and save it"
        ) from error
    raise DamagedFileError(
        f"{path.name} has format {content['format']!r}, and this version of the workbook reads "
        f"{FORMAT}: its tokens would be others. Fit the tokenizer again and save it"
    )
