"""What is said of a lesson in more than one place: its row in the README, its minutes, the map.

The README's table and the first cell of each lesson are written by hand, but for the minutes to
read and run, which are counted by one rule. Lesson 00's map and the minutes in the README's table
are made from them.
"""

import math
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from course_utils.files import write_whole
from course_utils.learning.lessons import find_lessons

MAP_HEAD = "| lesson | what you can do after it | minutes + exercises |\n|---|---|---|\n"
ROW = re.compile(
    r"^\| \[([^\]]+)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \|(?: \d+ \+ \d+ \|)?$", re.MULTILINE
)
MINUTES = re.compile(
    r"^\*\*Minutes:\*\* (\d+) to read and run, (\d+) for the exercises\b", re.MULTILINE
)

WORDS_A_MINUTE = 100  # slow: sentences and formulas in a language that many readers are learning
LINES_A_MINUTE = 20  # of code
CELLS_A_MINUTE = 4  # code cells: guess, run, look
HALFWAY = "**Halfway.**"  # begins the cell after which a long lesson can be left for another day
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
WORD = re.compile(r"[A-Za-z0-9']+")


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


def count_minutes(notebook: NotebookNode) -> list[int]:
    """Minutes to read and run each sitting of a lesson, rounded up to whole minutes.

    A formula counts as one word. Folded text does not count, nor do exercises and their section:
    their minutes stand at each of them. A cell that begins with ``HALFWAY`` ends a sitting.
    """
    sittings, in_exercises = [0.0], False
    for cell in notebook.cells:
        if cell.get("id", "").startswith("exercise-"):  # one may stand in the text of a lesson
            continue
        if cell.cell_type == "markdown":
            if re.search(r"^##? ", cell.source, re.MULTILINE):
                in_exercises = bool(re.search(r"^## Exercises", cell.source, re.MULTILINE))
            folded = re.sub(r"<details.*?</details>", "", cell.source, flags=re.DOTALL)
            words = len(WORD.findall(FORMULA.sub(" x ", folded)))
            sittings[-1] += words / WORDS_A_MINUTE * (not in_exercises)
            if cell.source.startswith(HALFWAY):
                sittings.append(0.0)
        elif cell.cell_type == "code" and not in_exercises:
            lines = sum(bool(line.strip()) for line in cell.source.splitlines())
            sittings[-1] += lines / LINES_A_MINUTE + 1 / CELLS_A_MINUTE
    return [math.ceil(minutes) for minutes in sittings]


def put_minutes_into(lesson: NotebookNode) -> None:
    """Write the minutes to read and run ``lesson`` into its first cell, to the next five."""
    minutes = 5 * math.ceil(sum(count_minutes(lesson)) / 5)
    first = lesson.cells[0]
    first.source = MINUTES.sub(rf"**Minutes:** {minutes} to read and run, \2 for the exercises",
                               first.source)  # fmt: skip


def put_minutes_into_readme(project: Path) -> None:
    """Write each lesson's minutes, reading + exercises, at the end of its row in the README."""

    def with_minutes(row: re.Match) -> str:
        label, name, ability = row.groups()
        minutes = _both_minutes(project / "notebooks" / f"{name}.ipynb")
        return f"| [{label}](notebooks/{name}.ipynb) | {ability} | {minutes} |"

    readme = project / "README.md"
    before = readme.read_text(encoding="utf-8")
    after = ROW.sub(with_minutes, before)
    if after != before:
        write_whole(readme, after.encode())


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
            lines.append(f"| [{label}]({other.name}) | {ability} | {_both_minutes(other)} |\n")
    return "".join(lines)


def _both_minutes(lesson: Path) -> str:
    reading, exercises = read_minutes(nbformat.read(lesson, as_version=4), lesson.stem)
    return f"{reading} + {exercises}"
