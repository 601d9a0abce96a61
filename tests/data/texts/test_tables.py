"""Texts in tables: columns are asked for, never guessed, and every fault has an outcome."""

import csv
import re
from pathlib import Path

import pytest

from course_utils.data.texts.outcomes import STOPS, TextOutcome
from course_utils.data.texts.reading import read_texts
from course_utils.data.texts.surveying import survey_texts
from tests.helpers.text_files import FRUIT, TOOLS, rows_of, write_table

ASKED = {"text_column": "review", "label_column": "kind"}


def found(dataset: str, outcome: TextOutcome, **how: object) -> list[str]:
    return [str(finding) for finding in survey_texts(dataset, **ASKED | how).of(outcome)]


def test_rows_come_as_texts_and_classes(tmp_path: Path) -> None:
    dataset = write_table(tmp_path / "a.csv", rows_of())
    texts = read_texts(dataset, **ASKED)
    assert texts.texts == (*FRUIT, *TOOLS) and texts.class_names == ("fruit", "tools")
    assert texts.labels.tolist() == [0] * 6 + [1] * 6
    assert texts.files[0] == "a.csv:2" and texts.files[-1] == "a.csv:13"
    said = " ".join(str(survey_texts(dataset, **ASKED)).split())
    assert "texts from column 'review', classes from 'kind'; between columns stands a comma" in said


@pytest.mark.parametrize("how", [{}, {"text_column": "review"}, {"label_column": "kind"}])
def test_columns_are_asked_for_with_what_there_is(tmp_path: Path, how: dict[str, str]) -> None:
    dataset = write_table(tmp_path / "a.csv", rows_of())
    with pytest.raises(ValueError, match=r"nothing says which column.*1 'review', 2 'kind': set"):
        read_texts(dataset, **how)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"text_column": "Review"}, "no column 'Review'; its first line is 1 'review', 2 'kind'"),
        ({"text_column": 3, "label_column": 2}, "2 columns, and no column 3"),
        ({"text_column": 1}, "all names or all numbers, got 1, 'kind'"),
        ({"text_column": "kind"}, "are the same, 'kind': the answer would stand in the text"),
        ({"text_column": 1.5}, "no column 1.5"),
        ({"group_by": "writer"}, "no column 'writer'"),
        ({"delimiter": "x"}, "delimiter must be .* got 'x'"),
        ({"class_names": {"fruit": "Obst"}}, "says nothing of 'tools'; it names 'fruit'"),
    ],
)
def test_columns_that_are_not_there_are_refused(
    tmp_path: Path, how: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        read_texts(write_table(tmp_path / "a.csv", rows_of()), **ASKED | how)


def test_a_name_that_two_columns_have_is_refused(tmp_path: Path) -> None:
    rows = [[*row, "x"] for row in rows_of()]
    dataset = write_table(tmp_path / "a.csv", rows, ("review", "kind", "kind"))
    with pytest.raises(ValueError, match="2 columns 'kind'"):
        read_texts(dataset, **ASKED)


def test_without_names_the_first_line_is_a_row(tmp_path: Path) -> None:
    rows = [[label, "A title", text] for text, label in rows_of()]
    dataset = write_table(tmp_path / "a.csv", rows, None)
    texts = read_texts(dataset, text_column=[2, 3], label_column=1)
    assert texts.texts[0] == f"A title {FRUIT[0]}" and len(texts) == 12
    with_names = write_table(tmp_path / "b.csv", rows, ("kind", "title", "review"))
    with pytest.raises(ValueError, match="kind: 1, and 3 are needed"):
        read_texts(with_names, text_column=3, label_column=1)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_what_stands_between_columns_is_seen_by_the_first_line(tmp_path: Path, sign: str) -> None:
    rows = [[f"{text}, they say; really", label] for text, label in rows_of()]
    for name in ("a.csv", "a.tsv") if sign == "\t" else ("a.csv",):
        texts = read_texts(write_table(tmp_path / name, rows, delimiter=sign), **ASKED)
        assert texts.texts[0] == f"{FRUIT[0]}, they say; really"


def test_where_the_first_line_leaves_two_it_is_asked(tmp_path: Path) -> None:
    header = ("review", "kind, as told")
    dataset = write_table(tmp_path / "a.csv", rows_of(), header, delimiter=";")
    how = ASKED | {"label_column": "kind, as told"}
    (tmp_path / "a.csv").write_text((tmp_path / "a.csv").read_text().replace('"', ""))
    with pytest.raises(ValueError, match="',' or ';' may stand between its columns"):
        read_texts(dataset, **how)
    assert len(read_texts(dataset, delimiter=";", **how)) == 12
    (tmp_path / "b.csv").write_text("\n".join(["review", *FRUIT]))
    (tmp_path / "c.csv").write_text("\n")
    for name, said in {"b.csv": "it has one column", "c.csv": "is empty"}.items():
        with pytest.raises(ValueError, match=said):
            read_texts(f"texts:{tmp_path / name}", **ASKED)


def test_quotes_commas_and_lines_inside_an_entry_stay(tmp_path: Path) -> None:
    odd = 'He said: "apples, pears,\nand plums"'
    dataset = write_table(tmp_path / "a.csv", [[odd, "fruit"], *rows_of()])
    texts = read_texts(dataset, **ASKED)
    assert texts.texts[0] == odd and texts.files[1] == "a.csv:4" and len(texts) == 13


def test_a_quote_that_does_not_close_stops_and_its_lines_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    dataset = write_table(file, rows_of())
    file.write_text(file.read_text() + '"a text without end,fruit\na fig,fruit\n')
    (one,) = found(dataset, TextOutcome.QUOTES)
    assert one == "a.csv: line 14 to 15: unexpected end of data"
    file.write_text(file.read_text().replace("a ripe apple", '"a "ripe" apple', 1))
    assert found(dataset, TextOutcome.QUOTES)[0].startswith("a.csv: line 2: ',' expected after")
    with pytest.raises(ValueError, match="rows whose quotes do not close, or close inside: 2"):
        read_texts(dataset, **ASKED)
    assert len(read_texts(dataset, skip_faulty=True, **ASKED)) == 11
    plain = read_texts(dataset, quotes=False, **ASKED)
    assert plain.texts[0].startswith('"a "ripe" apple') and len(plain) == 14


def test_rows_of_other_lengths_and_without_classes_stop(tmp_path: Path) -> None:
    rows = [*rows_of(), ["a fig"], ["a date", "fruit", "x"], ["a kiwi", " "], [" ", "fruit"], []]
    dataset = write_table(tmp_path / "a.csv", rows)
    assert found(dataset, TextOutcome.COLUMNS) == [
        "a.csv: line 14 has 1, not 2",
        "a.csv: line 15 has 3, not 2",
    ]
    assert found(dataset, TextOutcome.NO_LABEL) == ["a.csv: line 16"]
    assert found(dataset, TextOutcome.EMPTY) == ["a.csv: line 17", "a.csv: line 18"]
    with pytest.raises(ValueError, match=r"more or fewer columns.*rows without a class"):
        read_texts(dataset, **ASKED)
    assert len(read_texts(dataset, skip_faulty=True, **ASKED)) == 12


def test_numbers_are_no_classes_and_small_whole_numbers_are_in_order(tmp_path: Path) -> None:
    rows = [[text, f"{place / 7:.3f}"] for place, (text, _) in enumerate(rows_of())]
    with pytest.raises(ValueError, match=r"12 classes of one or two texts.*set label_column"):
        read_texts(write_table(tmp_path / "a.csv", rows), **ASKED)
    rows = [[text, {"fruit": "10", "tools": "2"}[label]] for text, label in rows_of()]
    dataset = write_table(tmp_path / "b.csv", rows)
    assert read_texts(dataset, **ASKED).class_names == ("2", "10")
    named = read_texts(dataset, class_names={2: "tools", "10": "fruit"}, **ASKED)
    assert named.class_names == ("tools", "fruit") and named.labels[0] == 1


def test_a_column_says_what_belongs_together(tmp_path: Path) -> None:
    rows = [[text, label, f"w{place % 3}"] for place, (text, label) in enumerate(rows_of())]
    rows[0][2] = ""
    dataset = write_table(tmp_path / "a.csv", rows, ("review", "kind", "writer"))
    groups = read_texts(dataset, group_by="writer", **ASKED).groups
    assert len(groups.unique()) == 4 and groups[1] == groups[4] != groups[2]


def test_tables_of_parts_are_parts_and_others_are_refused(tmp_path: Path) -> None:
    rows = rows_of()
    write_table(tmp_path / "train.csv", rows[:4] + rows[6:10])
    write_table(tmp_path / "test.csv", rows[4:6] + rows[10:])
    texts = read_texts(f"texts:{tmp_path}", **ASKED)
    assert texts.parts.bincount().tolist() == [8, 0, 4]
    part_of = dict(zip(texts.texts, texts.parts.tolist(), strict=True))
    assert part_of[rows[4][0]] == 2 and part_of[rows[0][0]] == 0
    write_table(tmp_path / "more.csv", rows)
    with pytest.raises(ValueError, match=r"several tables, more\.csv, test\.csv, train\.csv: name"):
        read_texts(f"texts:{tmp_path}", **ASKED)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_office_programs(tmp_path: Path, encoding: str) -> None:
    rows = [["jabłka" if encoding != "cp1252" else "pêches", "fruit"], *rows_of()]
    dataset = write_table(tmp_path / "a.csv", rows, encoding=encoding)
    if encoding == "cp1252":
        with pytest.raises(ValueError, match=r"a\.csv: is not text in UTF-8 \(byte \d+\)"):
            read_texts(dataset, **ASKED)
    how = {"encoding": "cp1252"} if encoding == "cp1252" else {}
    assert read_texts(dataset, **ASKED | how).texts[0] == rows[0][0]


def test_long_entries_are_read_and_the_limit_of_others_stays(tmp_path: Path) -> None:
    csv.field_size_limit(131_072)
    dataset = write_table(tmp_path / "a.csv", [["word " * 40_000, "fruit"], *rows_of()])
    assert len(read_texts(dataset, **ASKED).texts[0]) == 199_999
    assert csv.field_size_limit() == 131_072


def test_every_fault_that_stops_has_a_test() -> None:
    said = "".join(file.read_text() for file in Path(__file__).parent.glob("test_t*.py"))
    assert [o.name for o in STOPS if not re.search(rf"TextOutcome\.{o.name}\b", said)] == ["FEW"]
