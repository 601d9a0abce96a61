"""Which texts are meant: files, folders and patterns, tables, and what comes by standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.data.damaged_pictures import listed
from course_utils.data.picture_tree import CONVERTIBLE, Reason, picture_endings, scan
from course_utils.data.plain_text import counted
from course_utils.data.texts.columns import Columns
from course_utils.data.texts.raw import check_encoding
from course_utils.data.texts.tables import ENDINGS as OF_TABLES
from course_utils.data.texts.text_files import ENDINGS as OF_TEXTS
from course_utils.data.texts.unlabelled import FoundText, is_table, texts_in
from course_utils.shipping.finding import find_files, tell_passed_over

STANDARD_INPUT = "-"
ENDINGS = {*OF_TEXTS, *OF_TABLES}
NO_TEXTS = {Reason.CONVERT: "pictures", Reason.OTHER: "no texts, by their endings"}


def texts_to_answer(
    asked: Sequence[str], columns: Columns, *, by_line: bool, encoding: str | None
) -> list[FoundText]:
    """The texts that ``asked`` means; what was passed over in folders is printed.

    Args:
        asked: Files, folders, or patterns; ``-`` is a text a line by standard input.
        columns: Of tables those that hold the texts.
        by_line: Whether each line of each file is a text.
        encoding: Of the files; None for UTF-8, or UTF-16 with a mark.

    Raises:
        ValueError: If there is no text, a picture is asked for, or nothing says which columns of a
            table hold texts.
        FileNotFoundError: If something is not there.
    """
    check_encoding(encoding)
    named = [place for place in asked if place != STANDARD_INPUT]
    found = find_files(named, ENDINGS, NO_TEXTS)
    _refuse_pictures(found.files)
    if columns.texts and not by_line and not any(map(is_table, found.files)):
        raise ValueError(
            f"--text-column is for tables ({', '.join(OF_TABLES)}), and there is none in "
            f"{', '.join(asked)}; leave it out, or check the path"
        )
    tell_passed_over(found)
    how = {"columns": columns, "encoding": encoding}
    texts = [
        text
        for file in found.files
        for text in texts_in(file, **how, by_line=by_line, content=None)
    ]
    if STANDARD_INPUT in asked:
        content = sys.stdin.buffer.read()
        texts += texts_in(Path(STANDARD_INPUT), **how, by_line=True, content=content)
    if not texts:
        raise ValueError(f"there are no texts in {', '.join(asked)}{_instead(named)}")
    return texts


def _refuse_pictures(files: Sequence[Path]) -> None:
    """Refuse what is all pictures by its endings; among texts, one is what cannot be read."""
    strange = picture_endings() | CONVERTIBLE
    if files and all(file.suffix.lower() in strange for file in files):
        raise ValueError(
            f"{listed(list(map(str, files)))}: that is no text but {counted(len(files), 'picture')}"
            "; ask a model of lessons 07 to 09"
        )


def _instead(asked: Sequence[str]) -> str:
    """How many pictures lie in the folders asked for, which may explain that there is no text."""
    folders = [Path(place).expanduser() for place in asked if Path(place).expanduser().is_dir()]
    number = sum(scan(folder)[0].num_pictures for folder in folders)
    if not number:
        return f"; texts end in {', '.join(sorted(ENDINGS))}, and other files are to be named"
    return f", but {counted(number, 'picture')}; ask a model of lessons 07 to 09 about them"
