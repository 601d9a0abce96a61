"""The lessons as files: which there are, and what a run of one stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.files import PROJECT_FOLDER
from course_utils.results import RECORD_TYPE

if TYPE_CHECKING:  # a second to import, and no lesson reads notebooks
    from nbformat import NotebookNode

NOTEBOOKS_FOLDER = PROJECT_FOLDER / "notebooks"
MARK = "exercise-"  # with which the ids of an exercise's cells in a lesson begin


@dataclass(frozen=True)
class Outcome:
    """What came of running one lesson; ``error`` is None where it ran to its end."""

    lesson: str  # name of the notebook without .ipynb
    title: str
    seconds: float  # from starting the kernel to the last cell
    error: str | None
    headline: str | None  # of the last ``record`` in the lesson
    values: dict[str, Any]  # the other values of that ``record``
    claims_held: list[str]
    claims_not_held: list[str]


def find_lessons(names: Sequence[str] = (), folder: Path = NOTEBOOKS_FOLDER) -> list[Path]:
    """The notebooks called ``names``, or every lesson of ``folder`` in reading order.

    Args:
        names: Each a number such as ``02``, a name such as ``02_pretraining``, or a path.
        folder: Where the lessons lie.

    Raises:
        ValueError: If there is no such lesson; it names those there are.
    """
    lessons = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if not lessons and not names:
        raise ValueError(f"no lessons (NN_name.ipynb) in the folder {folder.name}/")
    return [_find_lesson(name, lessons) for name in names] or lessons


def _find_lesson(name: str, lessons: list[Path]) -> Path:
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    for lesson in lessons:
        if path.stem in (lesson.stem, lesson.stem.split("_")[0]):
            return lesson
    there_are = ", ".join(lesson.stem for lesson in lessons)
    raise ValueError(f"no lesson {name!r}. There are: {there_are}")


def read_outcome(
    lesson: str, notebook: "NotebookNode", seconds: float, error: str | None
) -> Outcome:
    """Collect what the executed ``notebook`` recorded and claimed."""
    lines = _printed_lines(notebook)
    record = _last_record(notebook)
    return Outcome(
        lesson=lesson,
        title=read_title(notebook) or lesson,
        seconds=round(seconds, 1),
        error=error,
        headline=record.pop("headline", None),
        values=record,
        claims_held=[line[1:].strip() for line in lines if line.startswith("✓")],
        claims_not_held=[_without_cross(line) for line in lines if line.startswith("✗")],
    )


def read_title(notebook: "NotebookNode") -> str | None:
    """The first heading of the notebook, None where it has none."""
    for cell in notebook.cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and line.startswith("# "):
                return line[2:].strip()
    return None


def _printed_lines(notebook: "NotebookNode") -> list[str]:
    return [
        line
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
        for line in output.text.splitlines()
    ]


def _last_record(notebook: "NotebookNode") -> dict[str, Any]:
    records = [
        output.data[RECORD_TYPE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if RECORD_TYPE in output.get("data", {})
    ]
    return dict(records[-1]) if records else {}


def _without_cross(line: str) -> str:
    return line.removeprefix("✗").strip().removeprefix("not in this run:").strip()
