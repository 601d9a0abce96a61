"""Labelled texts as their files have them, before copies and small classes are looked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.boxes.annotation_files import AnnotationError, read_text
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.texts.outcomes import TextOutcome

# What UTF-8 looks like where it was read as Windows' encoding, and what stands for lost signs.
GARBLED = re.compile("\ufffd|â€[\u0080-\uffff]|Ã[\u0080-\u00bf]|Â[\u00a0-\u00bf]")


@dataclass(frozen=True)
class RawText:
    """One text.

    Args:
        text: Without blanks at its ends.
        label: The name of its class.
        name: The file, and its line where the file holds several.
        part: train, val or test; empty where nothing says.
        group: What it belongs together with; empty where it stands alone.
    """

    text: str
    label: str
    name: str
    part: str = ""
    group: str = ""


@dataclass(frozen=True)
class RawTexts:
    """All texts of a data set.

    Args:
        texts: N texts.
        class_names: K names.
        findings: What is not plain.
        notes: How it was read, in sentences.
    """

    texts: tuple[RawText, ...]
    class_names: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def check_encoding(encoding: str | None) -> None:
    """Raise ValueError unless Python knows ``encoding``; None stands for UTF-8."""
    try:
        "".encode(encoding or "utf-8")
    except LookupError as error:
        raise ValueError(
            f"encoding = {encoding!r} is none that Python knows; try 'cp1252' (Windows, Western "
            "Europe), 'latin-1' or 'utf-16'"
        ) from error


def read_words(file: Path | bytes, name: str, encoding: str | None) -> str | Finding:
    """The text of ``file``, or why there is none.

    Args:
        file: Where it is, or what it holds.
        name: What it is called in messages.
        encoding: What it is; None for UTF-8, or UTF-16 with a mark.
    """
    try:
        text = read_text(file, encoding)
    except AnnotationError as error:
        is_there = isinstance(error.__cause__, UnicodeError)
        return Finding(TextOutcome.NOT_TEXT if is_there else TextOutcome.CLOSED, name, str(error))
    if "\x00" in text:
        return Finding(TextOutcome.NOT_TEXT, name, "holds bytes of 0, as text has none")
    return text.removeprefix("\ufeff")


def number_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; signs that Unicode counts as ends of lines end none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return enumerate(text.removesuffix("\n").split("\n"), start=1)
