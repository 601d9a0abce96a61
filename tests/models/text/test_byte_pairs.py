"""Texts come back bit for bit; merges are those that counting by hand gives; files are checked."""

import json
import random
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from course_utils.files import DamagedFileError
from course_utils.models.text import byte_pairs
from course_utils.models.text.byte_pairs import (
    PIECES,
    Tokenizer,
    fit_merges,
    load_tokenizer,
    save_tokenizer,
    to_bytes,
)
from course_utils.models.text.pair_counts import merge_pair
from tests.models.text.conftest import TEXTS


def random_text(seed: int) -> str:
    """Characters of all of Unicode, halves of characters too, among words, blanks and ends."""
    draw = random.Random(seed)
    signs = [chr(draw.randrange(sys.maxunicode + 1)) for _ in range(100)]
    signs += [chr(draw.randrange(0xD800, 0xE000)), *draw.choices(" \t\r\n\x00_-é1²٣", k=100)]
    draw.shuffle(signs)
    return "".join(signs) + draw.choice(TEXTS) * draw.randrange(3)


def count_by_hand(texts: list[str], num_merges: int) -> list[tuple[int, int]]:
    """The merges, all pairs of all pieces counted anew for each of them."""
    pieces = [list(to_bytes(piece)) for text in texts for piece in PIECES.findall(text)]
    merges = []
    for number in range(num_merges):
        counts = Counter(pair for piece in pieces for pair in pairwise(piece))
        pair = min(counts, key=lambda each: (-counts[each], each))
        merges.append(pair)
        pieces = [merge_pair(piece, pair, 256 + number) for piece in pieces]
    return merges


@pytest.mark.parametrize("seed", range(50))
def test_any_text_comes_back_bit_for_bit(tokenizer: Tokenizer, seed: int) -> None:
    text = random_text(seed)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.decode(torch.tensor(tokenizer.encode(text))) == text
    assert Tokenizer([]).encode(text) == list(to_bytes(text))


def test_every_character_is_in_some_piece() -> None:
    text = "".join(map(chr, range(sys.maxunicode + 1)))
    pieces = PIECES.findall(text)
    assert "".join(pieces) == text and max(map(len, pieces)) <= 33


def test_pieces_are_words_digits_signs_and_white_space() -> None:
    text = "if x_max ≥ 12:\n    größer = f(日本)  # was?!"
    pieces = ["if", " x", "_", "max", " ≥", " 1", "2", ":", "\n    ", "größer", " =", " f", "(",
              "日本", ")", "  ", "#", " was", "?!"]  # fmt: skip
    assert PIECES.findall(text) == pieces


def test_merges_are_those_of_counting_by_hand() -> None:
    texts = [*TEXTS, "aaa aaaa aaaaaa banana bananas", "aaaaaaaa"]
    merges = fit_merges(texts, 60)
    assert merges == count_by_hand(texts, 60)
    assert fit_merges(texts, 20) == merges[:20]
    assert fit_merges(iter(texts), 0) == []


def test_a_long_text_needs_fewer_tokens_with_each_merge(tokenizer: Tokenizer) -> None:
    lengths = [len(Tokenizer(tokenizer.merges[:n]).encode(TEXTS[0])) for n in (0, 10, 20, 30)]
    assert lengths == sorted(lengths, reverse=True) and len(set(lengths)) == 4
    assert lengths[0] == len(TEXTS[0])


def test_merges_are_applied_in_the_order_they_were_learned() -> None:
    a, b, c = b"abc"
    assert Tokenizer([(b, c), (a, b)]).encode("abcab") == [a, 256, 257]
    assert Tokenizer([(a, b), (b, c)]).encode("abcab") == [256, c, 256]
    assert Tokenizer([(a, a)]).encode("aaaaa") == [256, 256, a]


def test_what_is_no_longer_remembered_is_encoded_the_same(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [tokenizer.encode(text) for text in TEXTS]
    monkeypatch.setattr(byte_pairs, "MOST_KNOWN", 3)
    again = Tokenizer(tokenizer.merges)
    assert [again.encode(text) for text in TEXTS] == expected
    assert len(again._known) == 3


def test_no_text_holds_the_end(tokenizer: Tokenizer) -> None:
    assert tokenizer.end == 256 + 30 == tokenizer.vocab_size - 1
    for text in ("<|endoftext|>", "\x00", chr(tokenizer.end), ""):
        assert tokenizer.end not in tokenizer.encode(text)
    assert tokenizer.decode([tokenizer.end, *b"ab", tokenizer.end]) == "ab"


def test_half_a_character_is_decoded_as_unknown(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode([*"ß".encode()[:1], *b"x"]) == "\ufffdx"


@pytest.mark.parametrize("token", [-100, -1, 287])
def test_what_is_no_token_is_refused(tokenizer: Tokenizer, token: int) -> None:
    with pytest.raises(ValueError, match=f"tokens must be from 0 to 286, got {token}"):
        tokenizer.decode([1, token])


def test_more_merges_than_there_are_pairs_twice_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be at most 1 here, got 5: .* no pair occurs twice"):
        fit_merges(["ab", "ab"], 5)
    for texts in ([], ["abc"]):
        with pytest.raises(ValueError, match="at most 0 here, got 1"):
            fit_merges(texts, 1)
    with pytest.raises(ValueError, match="at least 0, got -1"):
        fit_merges(TEXTS, -1)


@pytest.mark.parametrize("merges", [[(97, 256)], [(97, -1)], [(97, 98), (257, 97)]])
def test_merges_of_tokens_that_come_later_are_refused(merges: list) -> None:
    with pytest.raises(ValueError, match=f"merge number {len(merges) - 1} is of .* not there yet"):
        Tokenizer(merges)


def test_a_pair_merged_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the same pair is merged twice"):
        Tokenizer([(97, 98), (97, 98)])


def test_a_tokenizer_comes_back_from_its_file(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    save_tokenizer(tokenizer, path)
    again = load_tokenizer(path)
    assert again.merges == tokenizer.merges
    assert [again.encode(text) for text in TEXTS] == [tokenizer.encode(text) for text in TEXTS]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "merges": [[1, 2, 3]]}',
     b'{"format": 1, "merges": [[1, 999]]}', b'{"format": 1, "merges": [["a", "b"]]}',
     b'{"format": 1, "merges": [[1'],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"tokenizer.json holds no tokenizer"):
        load_tokenizer(path)


def test_a_file_of_another_format_is_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    save_tokenizer(tokenizer, path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(DamagedFileError, match=r"has format 2, and this version .* reads 1"):
        load_tokenizer(path)
