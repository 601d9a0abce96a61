"""Which columns of a table hold the texts and their classes: said by the user, never guessed."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.plain_text import shorten
from course_utils.session.parameters import is_whole

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SHOWN = 24  # signs of an entry, in messages
Column = str | int  # a name in the first line, or a number from 1 where the first line is a row


@dataclass(frozen=True)
class Columns:
    """What the user says about a table.

    Args:
        text: The column of the texts, or several that are joined with a blank.
        label: The column of the classes.
        group: The column that says what belongs together; None where each text stands alone.
        delimiter: What stands between columns; None to see by the first line.
        quotes: Whether ``"`` around an entry is a mark of it; False where it is a sign of the text.
    """

    text: Column | Sequence[Column] | None = None
    label: Column | None = None
    group: Column | None = None
    delimiter: str | None = None
    quotes: bool = True

    @property
    def texts(self) -> list[Column]:
        """The columns of the texts, as a list."""
        if self.text is None:
            return []
        return list(self.text) if isinstance(self.text, list | tuple) else [self.text]

    @property
    def by_number(self) -> bool:
        """Whether columns are numbers, so that the first line is a row like the others."""
        return all(map(is_whole, self._said()))

    def places(self, first: Sequence[str], file: Path) -> tuple[list[int], int, int | None]:
        """Places from 0 of the texts, of the label and of the group, in rows like ``first``.

        Raises:
            ValueError: If nothing says which columns, or there are no such; it lists them all.
        """
        if not self.texts or self.label is None:
            raise ValueError(
                f"{file} is a table, and nothing says which column holds the texts and which the "
                f"classes. Its first line is {_listed(first)}: set text_column and label_column to "
                "names, such as text_column = 'review', or to numbers from 1 where the first line "
                "is a row like the others"
            )
        places = self._places(first, file)
        group = places.pop() if self.group is not None else None
        *texts, label = places
        if label in texts:
            raise ValueError(
                f"text_column and label_column are the same, {self.label!r}: the answer would "
                "stand in the text; give the classes a column of their own"
            )
        return texts, label, group

    def text_places(self, first: Sequence[str], file: Path) -> list[int]:
        """Places from 0 of the texts, where rows like ``first`` have no classes.

        A single column needs no word: all of its lines are texts.

        Raises:
            ValueError: If there are several, and nothing says which, or there are no such.
        """
        if not self.texts and len(first) > 1:
            raise ValueError(
                f"{file} is a table, and nothing says which column holds the texts. Its first line "
                f"is {_listed(first)}: say so by --text-column and a name, or by a number from 1 "
                "where the first line is a row like the others"
            )
        return self._places(first, file) or [0]

    def _places(self, first: Sequence[str], file: Path) -> list[int]:
        """Places from 0 of all columns that were said."""
        if not self.by_number and any(map(is_whole, self._said())):
            raise ValueError(
                "text_column, label_column and group_by must be all names or all numbers, got "
                f"{', '.join(map(repr, self._said()))}"
            )
        return [_place(column, first, file) for column in self._said()]

    def _said(self) -> list[Column]:
        return [*self.texts, *(each for each in (self.label, self.group) if each is not None)]


def find_delimiter(text: str, file: Path, columns: Columns, *, alone: bool = False) -> str:
    """What stands between the columns: as said, or the one sign that the first line leaves.

    Args:
        text: All of the table.
        file: Where it is.
        columns: May say it.
        alone: Whether there may be a single column; then it is read as if by commas.

    Raises:
        ValueError: If there is none, several are possible, or the file is empty.
    """
    if not text.strip():
        raise ValueError(f"{file} is empty; check the path")
    if columns.delimiter is not None:
        if columns.delimiter not in DELIMITERS:
            known = ", ".join(map(repr, DELIMITERS))
            raise ValueError(f"delimiter must be {known} or None, got {columns.delimiter!r}")
        return columns.delimiter
    if file.suffix.lower() == ".tsv":
        return "\t"
    found = [sign for sign in DELIMITERS if len(_first_row(text, sign, columns.quotes)) > 1]
    if len(found) == 1:
        return found[0]
    if alone and not found:
        return ","
    first = shorten(text.partition("\n")[0], 60)
    why = (
        f"{' or '.join(map(repr, found))} may stand between its columns"
        if found
        else "it has one column, and texts need a second one for their classes"
    )
    raise ValueError(f"{file}: {why}. Its first line is {first!r}; set delimiter to what it is")


def rows_of(text: str, delimiter: str, quotes: bool) -> Iterator[tuple[int, list[str] | str]]:
    """Rows of a table with the line that each begins in; where one cannot be read, why not."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
    )
    with _long_entries():
        while True:
            line = reader.line_num + 1
            try:
                row: list[str] | str = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                until = f" to {reader.line_num:,}" if reader.line_num > line else ""
                row = f"line {line:,}{until}: {error}"
            yield line, row


def _first_row(text: str, delimiter: str, quotes: bool) -> list[str]:
    row = next((row for _, row in rows_of(text, delimiter, quotes)), [])
    return [] if isinstance(row, str) else row


@contextmanager
def _long_entries() -> Iterator[None]:
    """Allow entries of any length: the limit of 131,072 signs is for what comes from strangers."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _place(column: Column, first: Sequence[str], file: Path) -> int:
    names = [name.strip() for name in first]
    if is_whole(column):
        if 1 <= column <= len(names):
            return column - 1
        raise ValueError(
            f"{file} has {len(names)} columns, and no column {column}: {_listed(first)}"
        )
    if names.count(str(column).strip()) != 1:
        number = names.count(str(column).strip())
        why = f"{number} columns" if number else "no column"
        raise ValueError(f"{file} has {why} {column!r}; its first line is {_listed(first)}")
    return names.index(str(column).strip())


def _listed(first: Sequence[str]) -> str:
    return ", ".join(f"{place} {shorten(name, SHOWN)!r}" for place, name in enumerate(first, 1))
