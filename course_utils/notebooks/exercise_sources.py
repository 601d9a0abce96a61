"""The exercises as notebooks: what stands in a source, and its copy in the lesson.

``notebooks/exercises/NN_name.ipynb`` is the one source of the exercises of lesson ``NN_name``, in
nbgrader's format. An exercise is a run of cells there, from its heading to the next:

- its text, ``## Exercise 2 Title (6 minutes)``, with the id ``about_E`` for nbgrader;
- cells that are given, if any;
- the answer, with the id ``E``: what learners get, then the solution between markers; its tag says
  whether they write a function, mend what is broken, or read a result and decide;
- the test, with the id ``test_E``, worth a point per minute;
- the hints, ``show_hints("E", 0)``;
- remarks on the solution, tagged ``remarks``, if any.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.exercises.checking import hints_of
from course_utils.learning.lessons import MARK, NOTEBOOKS_FOLDER

EXERCISES_FOLDER = NOTEBOOKS_FOLDER / "exercises"
KINDS = ("write", "mend", "read")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HEADING = re.compile(r"## Exercise (\d+) (.+) \((\d+) minutes\)$", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """One exercise as its source has it."""

    name: str
    number: int
    title: str
    minutes: int
    kind: str  # one of KINDS
    about: str  # Markdown, its heading included
    stub: str  # the answer as learners get it
    solution: str
    check: str  # such as check_mean_loss(mean_loss)
    remarks: str = ""
    given: list[NotebookNode] = field(default_factory=list)

    @property
    def answers(self) -> list[str]:
        """Names of the variables and functions that the check is given."""
        return [argument.id for argument in ast.parse(self.check).body[0].value.args]


def find_sources(folder: Path = EXERCISES_FOLDER) -> list[Path]:
    """The sources of all lessons, in reading order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def read_exercises(source: NotebookNode) -> list[Exercise]:
    """The exercises of a source, in order.

    Raises:
        ValueError: If a part is missing or out of its place; it names the exercise.
    """
    found: list[list[NotebookNode]] = []
    for cell in source.cells:
        if cell.cell_type == "markdown" and HEADING.match(cell.source):
            found.append([])
        if found:
            found[-1].append(cell)
    return [_read_exercise(cells) for cells in found]


def grade_id(cell: NotebookNode) -> str | None:
    """The name that nbgrader knows a cell by, None where it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _read_exercise(cells: Sequence[NotebookNode]) -> Exercise:
    about = cells[0]
    number, title, minutes = HEADING.match(about.source).groups()
    name = (grade_id(about) or "").removeprefix("about_")
    by_id = {grade_id(cell): cell for cell in cells}
    if not name or name not in by_id or f"test_{name}" not in by_id:
        raise ValueError(f"exercise {number} {title!r} lacks about_E, E or test_E for one name E")
    answer, test = by_id[name].source, by_id[f"test_{name}"].source
    if answer.count(BEGIN) != 1 or not answer.rstrip().endswith(END):
        raise ValueError(f"exercise {name}: the answer must end in one {BEGIN} ... {END}")
    stub, _, solution = answer.partition(BEGIN)
    visible = re.fullmatch(r"require_right\((.+)\)", test.partition(BEGIN_HIDDEN)[0].strip())
    if visible is None:
        raise ValueError(f"exercise {name}: the test must begin with require_right(check(...))")
    place = cells.index(by_id[name])
    (kind,) = by_id[name].metadata.get("tags", [None])
    if kind not in KINDS:
        raise ValueError(f"exercise {name}: tag the answer with one of {', '.join(KINDS)}")
    return Exercise(
        name=name,
        number=int(number),
        title=title,
        minutes=int(minutes),
        kind=kind,
        about=about.source,
        stub=stub.strip(),
        solution=solution.rpartition(END)[0].strip(),
        check=visible[1],
        remarks="\n\n".join(c.source for c in cells if "remarks" in c.metadata.get("tags", [])),
        given=[cell for cell in cells[1:place] if grade_id(cell) is None],
    )


def put_exercises_into(lesson: NotebookNode, exercises: Sequence[Exercise]) -> None:
    """Bring the copies of ``exercises`` in ``lesson`` up to date; the rest is left alone.

    An exercise that stands before the section *Exercises* stays there; all others follow in that
    section, in order. Outputs of cells whose source did not change are kept.
    """
    old = {cell.id: cell for cell in lesson.cells if cell.id.startswith(MARK)}
    waiting = {exercise.name: exercise for exercise in exercises}
    cells: list[NotebookNode] = []
    in_section = False
    for cell in lesson.cells:
        in_section = in_section or cell.source.startswith("## Exercises")
        if cell.source.startswith("## Summary"):
            for exercise in waiting.values():
                cells += _copies(exercise, old)
        if not cell.id.startswith(MARK):
            cells.append(cell)
        elif not in_section:
            name = cell.id.removeprefix(MARK).rpartition("-")[0].replace("-", "_")
            if name in waiting:
                cells += _copies(waiting.pop(name), old)
    lesson.cells = cells


def _copies(exercise: Exercise, old: dict[str, NotebookNode]) -> list[NotebookNode]:
    """The cells of an exercise in its lesson: text, what is given, the stub, and what is folded."""
    ids = MARK + exercise.name.replace("_", "-")
    copies = [nbformat.v4.new_markdown_cell("#" + exercise.about, id=f"{ids}-about")]
    for number, cell in enumerate(exercise.given):
        given = nbformat.from_dict(cell)
        given.id = f"{ids}-given{number}"
        copies.append(given)
    stub = f"{exercise.stub}\n\n\n{exercise.check}"
    copies.append(nbformat.v4.new_code_cell(stub, id=f"{ids}-answer"))
    copies.append(nbformat.v4.new_markdown_cell(_folded(exercise), id=f"{ids}-help"))
    for copy in copies:
        before = old.get(copy.id)
        if copy.cell_type == "code" and before is not None and before.source == copy.source:
            copy.outputs, copy.execution_count = before.outputs, before.execution_count
    return copies


def _folded(exercise: Exercise) -> str:
    """Hints and solution, each to be opened when wanted."""
    parts = [(f"Hint {n}", hint) for n, hint in enumerate(hints_of(exercise.name), start=1)]
    solution = f"```python\n{exercise.solution}\n\n\n{exercise.check}\n```"
    parts.append(("Solution", "\n\n".join(filter(None, (solution, exercise.remarks)))))
    return "\n\n".join(
        f"<details><summary>{head}</summary>\n\n{text}\n\n</details>" for head, text in parts
    )
