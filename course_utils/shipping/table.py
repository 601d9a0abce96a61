"""What a model says of each picture or text, as a table that spreadsheets and programs read."""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from course_utils.data.plain_text import plain
from course_utils.files import whole_file

ANSWER = ("class", "probability", "next best", "its probability", "problem")
COLUMNS = ("file", *ANSWER)  # of a table of pictures
FORMULA = "=+-@\t\r"  # a cell that begins so is computed, not shown


class Table:
    """Rows of a CSV file: one for each picture or text.

    Args:
        file: Open.
        class_names: K names.
        with_label: Whether there is a column for what is right, too.
        first: Names of the columns that say what was asked about.
        each: Whether there is a column for the probability of each class, at the end.
    """

    def __init__(
        self,
        file: io.TextIOBase,
        class_names: Sequence[str],
        with_label: bool,
        first: Sequence[str] = ("file",),
        each: bool = False,
    ) -> None:
        self._writer, self._names, self._each = csv.writer(file), class_names, each
        of_classes = [f"probability of {plain(name)}" for name in class_names] if each else []
        self._writer.writerow([*first, *ANSWER, *["label"] * with_label, *of_classes])

    def add(
        self, first: Sequence[object], probs: Tensor, problem: str | None, label: str | None = None
    ) -> None:
        """One row.

        Args:
            first: What was asked about, an entry for each of the first columns.
            probs: (K,); the two largest are told, if they are numbers.
            problem: Why there is no answer.
            label: What is right.
        """
        cells: list[Any] = ["", "", "", "", problem]
        is_answered = not probs.isnan().any()
        if is_answered:
            best = probs.topk(min(2, len(probs)))
            pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
            said = [cell for k, p in pairs for cell in (shown(self._names[k]), f"{p:.6f}")]
            cells[: len(said)] = said
        row = [*first, *cells, *([] if label is None else [shown(label)])]
        if self._each:
            row += [f"{p:.6f}" if is_answered else "" for p in probs.tolist()]
        self._writer.writerow(row)


@contextmanager
def writing_table(
    file: Path,
    class_names: Sequence[str],
    with_label: bool,
    first: Sequence[str] = ("file",),
    each: bool = False,
) -> Iterator[Table]:
    """A table that becomes ``file`` once the block has ended well; arguments as of ``Table``."""
    with whole_file(file) as binary:
        # The mark at its beginning tells spreadsheets that it is UTF-8; names of files may hold
        # bytes that are none.
        text = io.TextIOWrapper(
            binary, encoding="utf-8-sig", errors="backslashreplace", newline="", write_through=True
        )
        yield Table(text, class_names, with_label, first, each)
        text.detach()


def shown(name: str) -> str:
    """``name`` behind an apostrophe where a spreadsheet would compute it."""
    return f"'{name}" if name.startswith(tuple(FORMULA)) else name


def shown_path(file: Path) -> str:
    """A path to the same file that no spreadsheet computes."""
    path = os.fspath(file)
    return os.path.join(os.curdir, path) if path.startswith(tuple(FORMULA)) else path


def refuse_there(file: Path) -> None:
    """Raise ValueError if something stands where a table is to go."""
    if os.path.lexists(file):
        raise ValueError(f"{file} is there already, and nothing is overwritten: give another --out")
