"""Makes what a class is given, and what its teacher keeps, from the sources of the exercises."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import course_utils
from classroom.gradebook import Course
from course_utils.exercises.checking import answer_to
from course_utils.files import PROJECT_FOLDER, write_whole
from course_utils.learning.lessons import MARK, ROOMS_FOLDER, find_lessons, find_rooms
from course_utils.notebooks.exercise_sources import BEGIN, HEADING, find_sources, grade_id

STUDENTS_README = """# The workbook: lessons and exercises

You need Python 3.10 to 3.13. In this folder, once; only this needs the network:

```
python -m venv .venv
.venv/bin/pip install -r requirements.txt
```

With `-c constraints.txt` at the end of that line you get the versions that made the lessons' stored
outputs, if your Python is the one named in that file.

Then, whenever you want to work, `.venv/bin/jupyter lab`. On Windows write `.venv\\Scripts\\` for
`.venv/bin/`. The lessons lie in `notebooks/`, the exercises in `exercises/`. Each exercise has a
check to run and hints to open. Hand in the notebooks of `exercises/` under the names they have,
with your answers in them; nothing else is needed.

Everything can be done by keyboard: Enter edits a cell, Escape leaves it, the arrow keys go from
cell to cell, Shift+Enter runs. Every figure has a description in words.
"""


PACKAGE = Path(course_utils.__file__).parent


def add_assignments(course: Course) -> None:
    """Make the student versions of all exercises, and tell the gradebook what they are worth."""
    for path in find_sources():
        course.add_assignment(path.stem, _without_remarks(nbformat.read(path, as_version=4)))


def _without_remarks(source: NotebookNode) -> NotebookNode:
    """The source as nbgrader takes it: no remarks on the solution, no outputs, no blank lines."""
    source.cells = [cell for cell in source.cells if "remarks" not in _tags(cell)]
    for cell in source.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = re.sub(rf"\n+{BEGIN}", f"\n{BEGIN}", cell.source)
    source.metadata.pop("code_sha256", None)
    return source


def release(out: Path) -> list[Path]:
    """Write ``students.zip`` and the teacher's notebooks into ``out``; their paths.

    Args:
        out: Folder of the class.
    """
    course = Course(out)
    add_assignments(course)
    written = [out / "students.zip"]
    write_whole(written[0], _zip_for_students(course))
    for path in find_sources():
        written.append(out / "teacher" / path.name)
        text = nbformat.writes(teacher_version(nbformat.read(path, as_version=4), path.stem[3:]))
        write_whole(written[-1], text.encode())
    return written


def _zip_for_students(course: Course) -> bytes:
    """All that students need: exercises, lessons without solutions, the package, how to install.

    The answers, which the checks need, go into archives of their own, so that nobody reads them by
    accident.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", STUDENTS_README)
        for name in ("LICENSE", "pyproject.toml", "requirements.txt", "constraints.txt"):
            archive.write(PROJECT_FOLDER / name, name)
        for path in find_sources():
            text = nbformat.writes(course.released(path.stem))
            archive.writestr(f"exercises/{path.name}", text)
        for path in find_lessons():
            lesson = without_solutions(nbformat.read(path, as_version=4))
            archive.writestr(f"notebooks/{path.name}", nbformat.writes(lesson))
        for path in _package_files():
            archive.write(path, path.relative_to(PROJECT_FOLDER))
        for room in find_rooms():
            if (answers := ROOMS_FOLDER / room / "answers").is_dir():
                sealed = answers.with_suffix(".zip").relative_to(PROJECT_FOLDER)
                archive.writestr(str(sealed), _zip_of(answers))
    return content.getvalue()


def _package_files() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and not {"__pycache__", "answers"} & set(path.parts):
            yield path


def _zip_of(answers: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(answers.glob("*.py")):
            archive.write(path, f"answers/{path.name}")
    return content.getvalue()


def without_solutions(lesson: NotebookNode) -> NotebookNode:
    """A lesson whose exercises keep their hints and lose their solutions."""
    for cell in lesson.cells:
        if cell.id.startswith(MARK) and cell.cell_type == "markdown":
            folded = r"\n*<details><summary>Solution</summary>.*?</details>"
            cell.source = re.sub(folded, "", cell.source, flags=re.DOTALL)
    return lesson


def teacher_version(source: NotebookNode, lesson: str) -> NotebookNode:
    """The source with the common errors of each exercise written out.

    Args:
        source: The source of the exercises.
        lesson: Room of the lesson in ``course_utils.lessons``.
    """
    cells: list[NotebookNode] = []
    exercise = None
    for cell in [*source.cells, None]:
        begins = cell is None or (cell.cell_type == "markdown" and HEADING.match(cell.source))
        if begins and exercise is not None:
            cells.append(_common_errors(exercise, answer_to(lesson, exercise).messages))
        if cell is not None:
            exercise = grade_id(cell).removeprefix("about_") if begins else exercise
            cells.append(cell)
    source.cells = cells
    return source


def _common_errors(exercise: str, errors: Mapping[str, str]) -> NotebookNode:
    lines = [f"- **{name}**: {message}" for name, message in errors.items()]
    text = "\n".join(["Common errors, as the check knows them, and what it says:", "", *lines])
    return nbformat.v4.new_markdown_cell(text, id=f"{exercise.replace('_', '-')}-errors")


def _tags(cell: NotebookNode) -> Sequence[str]:
    return cell.metadata.get("tags", [])
