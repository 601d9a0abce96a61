"""What is said of a lesson in more than one place: its row in the README, its minutes, the map.

The README's table and the first cell of each lesson are written by hand. The table of lesson 00's
map is made from them.
"""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from course_utils.learning.lessons import find_lessons

MAP_HEAD = "| lesson | what you can do after it | minutes + exercises |\n|---|---|---|\n"
ROW = re.compile(r"^\| \[([^\]]+)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \|$", re.MULTILINE)
MINUTES = re.compile(
    r"^\*\*Minutes:\*\* (\d+) to read and run, (\d+) for the exercises\b", re.MULTILINE
)


class Row(NamedTuple):
    """A lesson in the README's table."""

    label: str  # such as 05 Validation
    ability: str  # what one can do after it


def read_rows(project: Path) -> dict[str, Row]:
    """The rows of the README's table by the name of the lesson."""
    readme = (project / "README.md").read_text(encoding="utf-8")
    return {name: Row(label, ability) for label, name, ability in ROW.findall(readme)}


def read_row(name: str, rows: dict[str, Row]) -> Row:
    """The row of the lesson ``name``.

    Raises:
        ValueError: If there is none.
    """
    if name not in rows:
        raise ValueError(f"{name}.ipynb: no row of the README's table says what it is good for")
    return rows[name]


def read_minutes(notebook: NotebookNode, name: str) -> tuple[int, int]:
    """Minutes to read and run a lesson, and minutes for its exercises, as its first cell says.

    Raises:
        ValueError: If the first cell does not say it.
    """
    found = MINUTES.search(notebook.cells[0].source)
    if not found:
        raise ValueError(
            f"{name}.ipynb: the first cell has no line "
            "'**Minutes:** 30 to read and run, 20 for the exercises'"
        )
    return int(found[1]), int(found[2])


def put_map_into(lesson: NotebookNode, path: Path) -> None:
    """Bring the table of all other lessons up to date, if ``lesson`` has one; lesson 00 does.

    Args:
        lesson: The notebook.
        path: Its file; the others lie beside it, and the README in the folder above.

    Raises:
        ValueError: If another lesson lacks its minutes or a row in the README's table.
    """
    for cell in lesson.cells:
        before, head, after = cell.source.partition(MAP_HEAD)
        if head:
            rest = re.sub(r"\A(\|.*(\n|\Z))*", "", after)
            cell.source = before + head + _map_rows(path) + rest


def _map_rows(path: Path) -> str:
    rows = read_rows(path.parents[1])
    lines = []
    for other in find_lessons(folder=path.parent):
        if other.stem != path.stem:
            label, ability = read_row(other.stem, rows)
            reading, exercises = read_minutes(nbformat.read(other, as_version=4), other.stem)
            lines.append(f"| [{label}]({other.name}) | {ability} | {reading} + {exercises} |\n")
    return "".join(lines)
