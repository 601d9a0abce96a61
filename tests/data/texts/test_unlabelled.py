"""Texts without classes: a file each, a line each, a row each, and why some cannot be read."""

from pathlib import Path

import pytest

from course_utils.data.texts.columns import Columns
from course_utils.data.texts.unlabelled import EMPTY, FoundText, texts_in

PLAIN = {"columns": Columns(), "by_line": False, "encoding": None, "content": None}


def found(file: Path, **how: object) -> list[tuple[int | None, str]]:
    """Lines and texts of ``file``, in which there is no problem."""
    texts = texts_in(file, **PLAIN | how)
    assert not any(text.problem for text in texts) and all(text.file == file for text in texts)
    return [(text.line, text.text) for text in texts]


def written(file: Path, text: str, encoding: str = "utf-8") -> Path:
    file.write_bytes(text.encode(encoding))
    return file


def test_a_file_is_one_text_or_each_of_its_lines_is_one(tmp_path: Path) -> None:
    file = written(tmp_path / "a.txt", " first\u2028line \r\n\tsecond, line\n")
    assert found(file) == [(None, "first\u2028line \r\n\tsecond, line")]
    assert found(file, by_line=True) == [(1, "first\u2028line"), (2, "second, line")]
    table = written(tmp_path / "a.csv", "one,two\nthree,four\n")
    assert found(table, by_line=True) == [(1, "one,two"), (2, "three,four")]
    assert found(Path("-"), content=b"a\nb", by_line=True) == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_of_the_encoding_is_no_part_of_the_text(tmp_path: Path, encoding: str) -> None:
    assert found(written(tmp_path / "a.txt", "Größe", encoding)) == [(None, "Größe")]


def test_a_column_is_taken_by_its_name_or_by_its_number(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", 'id,title,review\n1,A,"so, so\nlong"\n2,,fine\n')
    assert found(file, columns=Columns(["review"])) == [(2, "so, so\nlong"), (4, "fine")]
    both = [(2, "A so, so\nlong"), (4, "fine")]
    assert found(file, columns=Columns(["title", "review"])) == both
    bare = written(tmp_path / "b.tsv", "1\tgood\n2\tbad\n")
    assert found(bare, columns=Columns([2])) == [(1, "good"), (2, "bad")]


def test_a_single_column_needs_no_word(tmp_path: Path) -> None:
    expected = [(1, "a plum"), (2, "a saw, old")]
    assert found(written(tmp_path / "a.csv", 'a plum\n"a saw, old"\n')) == expected
    assert found(written(tmp_path / "a.tsv", "a plum\na saw, old\n")) == expected
    named = written(tmp_path / "b.csv", "review\na plum\n")
    assert found(named, columns=Columns(["review"])) == [(2, "a plum")]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (Columns(), r"a\.csv is a table.*1 'id', 2 'review': say so by --text-column"),
        (Columns(["text"]), r"has no column 'text'; its first line is 1 'id', 2 'review'"),
        (Columns([3]), "has 2 columns, and no column 3"),
        (Columns(["id", 2]), "must be all names or all numbers, got 'id', 2"),
    ],
)
def test_no_column_is_guessed(tmp_path: Path, columns: Columns, said: str) -> None:
    file = written(tmp_path / "a.csv", "id,review\n1,fine\n")
    with pytest.raises(ValueError, match=said):
        texts_in(file, **PLAIN | {"columns": columns})


def test_what_is_no_text_is_told_with_its_line_and_the_rest_is_there(tmp_path: Path) -> None:
    lines = written(tmp_path / "a.txt", "one\n \nthree\n")
    assert texts_in(lines, **PLAIN | {"by_line": True}) == [
        FoundText(lines, 1, "one"),
        FoundText(lines, 2, "", EMPTY),
        FoundText(lines, 3, "three"),
    ]
    (empty,) = texts_in(written(tmp_path / "b.txt", "\n"), **PLAIN)
    assert (empty.text, empty.problem, str(empty)) == ("", EMPTY, str(tmp_path / "b.txt"))
    table = written(tmp_path / "c.csv", 'id,review\n1,good\n2\n3,"x"y\n4,\n\n5,bad\n')
    rows = texts_in(table, **PLAIN | {"columns": Columns(["review"])})
    assert [(row.line, row.text) for row in rows] == [
        (2, "good"), (3, ""), (4, ""), (5, ""), (6, ""), (7, "bad")
    ]  # fmt: skip
    why = [row.problem for row in rows if row.problem]
    assert why[0].startswith("has 1 column, not 2 columns;") and "--lines" in why[0]
    assert why[1].startswith("line 4: ") and why[1].endswith("mend the quotes of this row")
    assert why[2:] == [EMPTY, EMPTY] and str(rows[0]) == f"{table}:2"


def test_another_encoding_is_told_with_the_way_out(tmp_path: Path) -> None:
    file = written(tmp_path / "a.txt", "Größe", "cp1252")
    (text,) = texts_in(file, **PLAIN)
    assert text.text == "" and text.problem.startswith("is not text in UTF-8 (byte 2)")
    assert text.problem.endswith("or say what it is, as by --encoding cp1252")
    assert found(file, encoding="cp1252") == [(None, "Größe")]
    (picture,) = texts_in(written(tmp_path / "b.txt", "a\0b"), **PLAIN)
    assert "holds bytes of 0" in picture.problem
