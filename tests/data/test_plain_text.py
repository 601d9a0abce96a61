"""Names on one line, in columns as wide as they look."""

import unicodedata

import pytest

from course_utils.data.plain_text import columns_of, counted, pad, plain, shorten, width, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [("cat", 3), ("猫", 2), ("фен 🦉", 6), (unicodedata.normalize("NFD", "Käse"), 4), ("", 0)],
)
def test_width_counts_columns_not_signs(text: str, columns: int) -> None:
    assert width(text) == columns and width(pad(text, 8)) == 8


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    first, second = (shorten("a" * 120 + end, 40) for end in "12")
    assert first != second and first.startswith("aaaa") and first.endswith("a1") and "…" in first
    assert width(first) == 40 and shorten("cat", 40) == "cat"


@pytest.mark.parametrize("most", range(4, 14))
def test_wide_signs_never_go_over(most: int) -> None:
    assert most - 1 <= width(shorten("猫犬" * 50, most)) <= most


def test_what_cannot_be_printed_is_escaped() -> None:
    assert plain("a\nb\x1b[31m") == r"a\nb\x1b[31m"
    assert plain("\udcff.jpg") == r"\udcff.jpg"  # a byte that is no UTF-8
    assert plain("$5_ <b> 猫") == "$5_ <b> 猫"


def test_lines_are_wrapped_at_words_and_long_words_shortened() -> None:
    lines = wrap("- one two " + "x" * 50 + " three", 20)
    assert lines[0] == "- one two" and lines[1].startswith("  xxx") and "…" in lines[1]
    assert lines[2] == "  three" and max(map(width, lines)) <= 20


def test_one_is_no_plural() -> None:
    assert [counted(n, "picture") for n in (0, 1, 2000)] == [
        "0 pictures",
        "1 picture",
        "2,000 pictures",
    ]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns_of([("", "torch"), ("分布", "0.5"), ("a", "1")]) == (
        "      torch\n分布  0.5\na     1"
    )
