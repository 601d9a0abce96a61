"""Which exam texts were read before: by words in a row, against sentences worked out by hand."""

import random
import re
import time

import pytest

from course_utils.data.texts.overlap import find_overlap
from tests.helpers.text_files import FRUIT, TOOLS


def test_shares_of_rows_are_those_counted_by_hand() -> None:
    exam = ["One two THREE, four - five six!", "two three", "three two", "five six seven", "..."]
    found = find_overlap(exam, ["zero one two three four", "five six"], n=3)
    # Of its four rows of three words "one two three" and "two three four" stand there.
    assert found.shares.tolist() == [0.5, 1, 0, 0, 0]
    assert found.is_read.tolist() == [True, True, False, False, False]
    assert found.share == pytest.approx(2 / 5) and len(found) == 5 and found.n == 3
    assert found.num_words.tolist() == [4, 2, 0, 0, 0]


def test_rows_do_not_reach_from_one_source_text_to_the_next() -> None:
    words = FRUIT[0].split()
    halves = [" ".join(words[:4]), " ".join(words[4:])]
    assert not find_overlap(FRUIT[:1], halves, n=5).is_read.any()
    assert find_overlap(FRUIT[:1], [" ".join(halves)], n=5).shares.tolist() == [1]


def test_one_row_of_n_words_is_enough_and_one_word_fewer_is_not() -> None:
    source = [f"Before it. {TOOLS[0]}; after it."]
    cut = TOOLS[0].split()  # six words
    exam = ["new " + " ".join(cut[:5]) + " words", "new " + " ".join(cut[:4]) + " words"]
    assert find_overlap(exam, source, n=5).is_read.tolist() == [True, False]


def test_the_report_counts_and_shows_the_longest_in_a_few_words() -> None:
    source = ["nothing to see", " ".join(FRUIT[:3]), FRUIT[0]]
    exam = [TOOLS[0], FRUIT[0], f"{FRUIT[1]} {FRUIT[2]}"]
    found = find_overlap(exam, source, n=4, source_names=["a.py", "b.py", "c.py"])
    lines = str(found).split("\n")
    assert lines[0].startswith("2 of 3 exam texts (66.7 %) have 4 words in a row")
    assert [(each.exam_text, each.source, each.num_words) for each in found.examples] == [
        (2, "b.py", 14),
        (1, "b.py", 8),
    ]
    assert lines[1].startswith('14 words of exam text 2 stand in the source, from "pears keep')
    assert all(len(line) < 160 for line in lines) and len(lines) == 3
    assert find_overlap([FRUIT[0]], source, n=4).examples[0].source == "source text 1"
    assert "0 of 1 exam text (0.0 %)" in str(find_overlap([TOOLS[0]], [], n=4))


def test_it_agrees_with_looking_for_each_row_in_each_text() -> None:
    """Against the slow way: rows as text between blanks, in few words, so that many are shared."""
    draw = random.Random(0)
    texts = [" ".join(draw.choices("abc", k=draw.randint(0, 9))) for _ in range(60)]
    exam, source = texts[:30], texts[30:]
    for n in (1, 3, 4, 6):
        found = find_overlap(exam, source, n)
        assert 0 < found.share < 1 or n == 1
        for text, share in zip(exam, found.shares.tolist(), strict=True):
            words = re.findall(r"\w+", text)
            m = min(n, len(words))
            rows = [" ".join(words[k : k + m]) for k in range(len(words) - m + 1)] if m else []
            held = [any(f" {row} " in f" {other} " for other in source) for row in rows]
            assert share == pytest.approx(sum(held) / max(1, len(rows)))


def test_half_a_million_signs_take_little_time() -> None:
    draw = random.Random(0)
    words = ["".join(draw.choices("abcdefgh", k=5)) for _ in range(3000)]
    source = [" ".join(draw.choices(words, k=60)) for _ in range(1500)]
    exam = [" ".join(draw.choices(words, k=3 + k % 12)) for k in range(600)] + source[:5]
    start = time.process_time()
    found = find_overlap(exam, source)
    assert time.process_time() - start < 1.5  # about 0.1; looking one by one takes minutes
    assert found.shares[-5:].tolist() == [1] * 5 and int(found.is_read.sum()) < 30


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (([], ["a"], 8), ValueError, "the exam has no texts"),
        ((["a"], ["a"], 0), ValueError, "n must be a whole number of words from 1, got 0"),
        ((["a"], ["a"], 2.0), ValueError, "got 2.0"),
        ((["a"], ["a"], True), ValueError, "got True"),
        (("a b", ["a"], 8), TypeError, r"exam is one text; give a list of texts, such as \[exam\]"),
        ((["a"], "a b", 8), TypeError, "source is one text"),
    ],
)
def test_bad_input_is_refused(arguments: tuple, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        find_overlap(*arguments)


def test_a_name_for_each_source_text_is_wanted() -> None:
    with pytest.raises(ValueError, match="each of 2 source texts, got 1 name"):
        find_overlap(["a"], ["a", "b"], source_names=["a.py"])
