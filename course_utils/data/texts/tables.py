"""Texts in a table: a file of comma-separated values, or one for each part."""

from collections.abc import Iterator
from pathlib import Path

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_files import sorted_names
from course_utils.data.damaged_pictures import listed
from course_utils.data.part_names import find_part_names
from course_utils.data.texts.columns import DELIMITERS, Columns, find_delimiter, rows_of
from course_utils.data.texts.outcomes import TextOutcome
from course_utils.data.texts.raw import RawText, RawTexts, read_words

ENDINGS = (".csv", ".tsv")


def tables_in(folder: Path) -> dict[str, Path]:
    """The tables directly in a folder by their parts; a single one has none.

    Raises:
        ValueError: If there are several whose names are not those of parts.
    """
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in ENDINGS)
    files = [file for file in files if file.is_file() and not file.name.startswith(".")]
    if len(files) < 2:
        return dict(zip([""], files, strict=False))
    names = find_part_names(file.stem for file in files)
    parts = {names[file.stem]: file for file in files if file.stem in names}
    if len(parts) != len(files) or "train" not in parts:
        raise ValueError(
            f"{folder} holds several tables, {listed([file.name for file in files])}: name them "
            "train.csv, val.csv and test.csv, or give the one that is meant"
        )
    return parts


def read_tables(parts: dict[str, Path], columns: Columns, encoding: str | None) -> RawTexts:
    """All texts of some tables.

    Args:
        parts: The files by their parts; one without a part stands under ``""``.
        columns: Which columns hold what.
        encoding: Of the files; None for UTF-8.

    Raises:
        ValueError: If nothing says which columns, or a file has no such.
    """
    read: list[RawText | Finding] = []
    notes: list[str] = []
    for part, file in parts.items():
        words = read_words(file, file.name, encoding)
        if isinstance(words, Finding):
            read.append(words)
            continue
        delimiter = find_delimiter(words, file, columns)
        read += _read(words, file, part, columns, delimiter)
        notes.append(_say(file, part, columns, delimiter))
    texts = tuple(one for one in read if isinstance(one, RawText))
    findings = tuple(one for one in read if isinstance(one, Finding))
    return RawTexts(texts, sorted_names([text.label for text in texts]), findings, tuple(notes))


def _read(
    words: str, file: Path, part: str, columns: Columns, delimiter: str
) -> Iterator[RawText | Finding]:
    first = None
    for line, row in rows_of(words, delimiter, columns.quotes):
        if isinstance(row, str):
            yield Finding(TextOutcome.QUOTES, file.name, row)
        elif not any(entry.strip() for entry in row):
            yield Finding(TextOutcome.EMPTY, file.name, f"line {line:,}")
        elif first is None:
            first = row
            places = columns.places(first, file)
            if columns.by_number:
                yield _text_of(row, places, f"{file.name}:{line}", part)
        elif len(row) != len(first):
            yield Finding(
                TextOutcome.COLUMNS, file.name, f"line {line:,} has {len(row)}, not {len(first)}"
            )
        else:
            yield _text_of(row, places, f"{file.name}:{line}", part)


def _text_of(
    row: list[str], places: tuple[list[int], int, int | None], name: str, part: str
) -> RawText | Finding:
    texts, label_place, group_place = places
    text = " ".join(filter(None, (row[place].strip() for place in texts)))
    label = row[label_place].strip()
    file, _, line = name.rpartition(":")
    if not text:
        return Finding(TextOutcome.EMPTY, file, f"line {line}")
    if not label:
        return Finding(TextOutcome.NO_LABEL, file, f"line {line}")
    group = "" if group_place is None else row[group_place].strip()
    return RawText(text, label, name, part, group)


def _say(file: Path, part: str, columns: Columns, delimiter: str) -> str:
    texts = " and ".join(map(repr, columns.texts))
    as_part = f" ({part})" if part else ""
    first = "The first line is a row" if columns.by_number else "The first line names the columns"
    return (
        f"{file.name}{as_part}: texts from column {texts}, classes from {columns.label!r}; between "
        f"columns stands a {DELIMITERS[delimiter]}. {first}."
    )
