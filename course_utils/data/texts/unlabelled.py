"""Texts that nobody labelled: a file is one, or each of its lines, or each row of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.texts.columns import Columns, find_delimiter, rows_of
from course_utils.data.texts.raw import number_lines, read_words
from course_utils.data.texts.tables import ENDINGS

EMPTY = "empty: there is nothing to read; remove it, or write its text"
OF_COLUMNS = (
    "has {}, not {}; put quotes around an entry that holds what stands between columns, or take "
    "each line for a text by --lines"
)


@dataclass(frozen=True)
class FoundText:
    """One text, or why there is none.

    Args:
        file: The file that it is from.
        line: Of the file, from 1; None where the whole file is one text.
        text: Without blanks at its ends; empty where there is a problem.
        problem: Why it cannot be read, and the way out.
    """

    file: Path
    line: int | None
    text: str
    problem: str | None = None

    def __str__(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


def texts_in(
    file: Path, columns: Columns, *, by_line: bool, encoding: str | None, content: bytes | None
) -> list[FoundText]:
    """All texts of ``file``.

    Args:
        file: A table by its ending, or anything else that is text.
        columns: Of a table those that hold the texts.
        by_line: Whether each line is a text, whatever the ending.
        encoding: Of the file; None for UTF-8, or UTF-16 with a mark.
        content: What it holds, where that is read already.

    Raises:
        ValueError: If it is a table, and nothing says which columns hold texts, or it has no such.
    """
    words = read_words(file if content is None else content, file.name, encoding)
    if isinstance(words, Finding):
        way_out = "" if encoding else ", or say what it is, as by --encoding cp1252"
        return [FoundText(file, None, "", f"{words.what}{way_out}")]
    if by_line:
        return [_found(file, line, text) for line, text in number_lines(words)]
    if is_table(file):
        return list(_rows(words, file, columns))
    return [_found(file, None, words)]


def is_table(file: Path) -> bool:
    """Whether ``file`` is a table, by its ending."""
    return file.suffix.lower() in ENDINGS


def _found(file: Path, line: int | None, text: str) -> FoundText:
    text = text.strip()
    return FoundText(file, line, text, None if text else EMPTY)


def _rows(words: str, file: Path, columns: Columns) -> Iterator[FoundText]:
    delimiter = find_delimiter(words, file, columns, alone=True)
    first: Sequence[str] | None = None
    for line, row in rows_of(words, delimiter, columns.quotes):
        if isinstance(row, str):
            yield FoundText(file, line, "", f"{row}; mend the quotes of this row")
            continue
        if not any(entry.strip() for entry in row):
            yield FoundText(file, line, "", EMPTY)
            continue
        if first is None:
            first, places = row, columns.text_places(row, file)
            if not columns.by_number:
                continue
        if len(row) == len(first):
            yield _found(
                file, line, " ".join(filter(None, (row[place].strip() for place in places)))
            )
        else:
            wrong = (f"{len(each)} column" + "s" * (len(each) != 1) for each in (row, first))
            yield FoundText(file, line, "", OF_COLUMNS.format(*wrong))
