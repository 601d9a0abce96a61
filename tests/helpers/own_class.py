"""A class that is given the tests' own exercises, graded as any other."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat
import pytest

from classroom import grading, release
from classroom.apart import workbook_without_answers
from tests.helpers.own_exercises import LESSON, copy_room, let_rooms_be_in, room, source


@contextmanager
def class_with(folder: Path, *others: Path) -> Iterator[Path]:
    """Let classes have the tests' own exercises, and of the workbook's only ``others``.

    Args:
        folder: Empty, for the source of these exercises and their room.
        others: Sources.

    Yields:
        The source.
    """
    path = folder / f"{LESSON}.ipynb"
    nbformat.write(source(), path)

    @contextmanager
    def with_room() -> Iterator[Path]:
        with workbook_without_answers() as workbook:
            copy_room(folder, workbook)
            yield workbook

    with room(folder), pytest.MonkeyPatch.context() as patch:
        for module in (grading, release):
            patch.setattr(module, "find_sources", lambda: [*others, path])
        patch.setattr(grading, "workbook_without_answers", with_room)
        patch.setattr(grading, "_prepare_worker", partial(_prepare_worker, folder))
        yield path


def _prepare_worker(folder: Path) -> None:
    """In a process that judges, where the other one is as it was."""
    let_rooms_be_in(folder)
    grading._prepare_worker()
