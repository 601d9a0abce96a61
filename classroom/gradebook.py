"""nbgrader as this workbook uses it: it makes the student versions, and it keeps the marks.

What nbgrader does not do here is run submissions: its kernel has the rights of whoever grades. They
run apart (see ``apart``), and ``PutResults`` hands nbgrader what came of it.
"""

import json
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from traitlets import Unicode
from traitlets.config import Config

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its imports warn of their own old habits
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        LimitOutput,
        NbGraderPreprocessor,
        SaveAutoGrades,
    )

from course_utils.files import write_whole


class PutResults(NbGraderPreprocessor):
    """Stands where nbgrader would execute a notebook: puts in the outputs of a run made apart."""

    results_folder = Unicode(help="where STUDENT/LESSON.json lie").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Fill the outputs of each code cell, by its place.

        Raises:
            ValueError: If the run was of another notebook than this one.
        """
        names = resources["nbgrader"]
        path = Path(self.results_folder) / names["student"] / f"{names['notebook']}.json"
        outputs = json.loads(path.read_text(encoding="utf-8"))["outputs"]
        if len(outputs) != len(nb.cells):
            raise ValueError(f"{path.name}: {len(outputs)} cells ran, {len(nb.cells)} are here")
        for cell, cell_outputs in zip(nb.cells, outputs, strict=True):
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(output) for output in cell_outputs]
        return nb, resources


class Course:
    """The gradebook of one class and nbgrader's folders, all inside ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.root = folder.resolve() / "nbgrader"
        self.results_folder = folder.resolve() / "results"
        self.root.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = self.database
        config.Exchange.root = str(self.root / "exchange")  # not used; nbgrader looks for it
        config.ClearSolutions.code_stub = {"python": ""}
        config.Autograde.autograde_preprocessors = [
            PutResults,
            LimitOutput,
            SaveAutoGrades,
            CheckCellMetadata,
        ]
        config.PutResults.results_folder = str(self.results_folder)
        config.NbGraderAPI.log_level = "ERROR"
        directory = CourseDirectory(config=config)
        self._nbgrader = NbGraderAPI(coursedir=directory, config=config)

    @property
    def database(self) -> str:
        """Address of the gradebook."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def released(self, lesson: str) -> NotebookNode:
        """The student version of a lesson's exercises, as nbgrader made it."""
        return nbformat.read(self.root / "release" / lesson / f"{lesson}.ipynb", as_version=4)

    def add_assignment(self, lesson: str, source: NotebookNode) -> None:
        """Make the student version from ``source``, unless it was made from the same before.

        Raises:
            RuntimeError: If nbgrader refuses; the message is its own.
        """
        path = self.root / "source" / lesson / f"{lesson}.ipynb"
        text = nbformat.writes(source)
        made = self.root / "release" / lesson / f"{lesson}.ipynb"
        if made.exists() and path.exists() and path.read_text(encoding="utf-8") == text:
            return
        made.unlink(missing_ok=True)
        write_whole(path, text.encode())
        with _as_nbgrader_needs_it():
            _refuse_failure(self._nbgrader.generate_assignment(lesson, force=True))

    def grade(self, student: str, lesson: str, submission: NotebookNode) -> None:
        """Enter the marks of one submission, whose results lie in ``results_folder``.

        Raises:
            RuntimeError: If nbgrader cannot; the message is its own.
        """
        path = self.root / "submitted" / student / lesson / f"{lesson}.ipynb"
        write_whole(path, nbformat.writes(submission).encode())
        with _as_nbgrader_needs_it():
            _refuse_failure(self._nbgrader.autograde(lesson, student, force=True))

    def marks(self, students: Sequence[str]) -> dict[str, dict[str, float]]:
        """Points of each student by exercise, as they stand in the gradebook.

        Points that a teacher changed there by hand count in place of the automatic ones.
        """
        found: dict[str, dict[str, float]] = {student: {} for student in students}
        with Gradebook(self.database) as book:
            for assignment in book.assignments:
                for submission in book.assignment_submissions(assignment.name):
                    if submission.student.id not in found:
                        continue
                    for notebook in submission.notebooks:
                        for grade in notebook.grades:
                            exercise = grade.cell.name.removeprefix("test_")
                            found[submission.student.id][exercise] = float(grade.score or 0)
        return found


@contextmanager
def _as_nbgrader_needs_it() -> Iterator[None]:
    """Without its many warnings, and with the programs beside this Python, such as alembic."""
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), path))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ["PATH"] = path


def _refuse_failure(result: dict[str, Any]) -> None:
    if not result["success"]:
        raise RuntimeError(f"nbgrader: {result.get('log') or result.get('error')}")
