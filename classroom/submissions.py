"""What students handed in, put back into the form that was handed out.

A submission is rebuilt on the student version: tests and texts are the original ones, whatever was
done to them, answers and other cells are the student's. So no edit, by accident or not, can stop
the grading or change what is asked.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

import nbformat
from nbformat import NotebookNode

from classroom.handed_in import HandedIn, stem_of
from course_utils.notebooks.exercise_sources import Exercise, grade_id

Oddities = dict[str, list[str]]  # names of cells by what is odd about them


@dataclass
class Submission:
    """A student's notebook of one lesson, ready to run."""

    student: str
    lesson: str
    notebook: NotebookNode
    remarks: list[str] = field(default_factory=list)  # what was odd about it, in words
    hints: dict[str, int] | None = None  # opened by exercise; None unless the student shares it


def read_submissions(
    student: str,
    files: Sequence[HandedIn],
    originals: Mapping[str, NotebookNode],
    exercises: Mapping[str, Sequence[Exercise]],
) -> tuple[dict[str, Submission], list[str]]:
    """The submissions of a student by lesson, and remarks on files that are none.

    Args:
        student: Who handed in.
        files: What was handed in.
        originals: The student version of each lesson.
        exercises: The exercises of each lesson.
    """
    remarks = [f"{file.name}: {file.why_not}" for file in files if file.notebook is None]
    those_of: dict[str, list[HandedIn]] = {}
    for file in files:
        if file.notebook is not None:
            lesson = _lesson_of(file, originals)
            if lesson is None:
                remarks.append(f"{file.name}: not one of the exercise notebooks, left aside")
            else:
                those_of.setdefault(lesson, []).append(file)
    found: dict[str, Submission] = {}
    for lesson, candidates in those_of.items():
        given = originals[lesson], exercises[lesson]
        # The one under its right name wins over copies of it, unless nothing was written into it.
        candidates.sort(key=lambda file: stem_of(file) != lesson)
        candidates.sort(key=lambda file: _is_untouched(file.notebook, *given))
        chosen, *others = candidates
        found[lesson] = rebuild(student, lesson, chosen.notebook, *given)
        if stem_of(chosen) != lesson:
            found[lesson].remarks.append(f"handed in as {PurePosixPath(chosen.name).name}")
        remarks += [f"{file.name}: a second notebook of {lesson}, left aside" for file in others]
    return found, remarks or ([] if files else ["nothing was handed in"])


def _is_untouched(
    notebook: NotebookNode, original: NotebookNode, exercises: Sequence[Exercise]
) -> bool:
    """Whether no answer was written into what was handed out."""
    matched = _match(notebook, original, exercises, {})
    names = {exercise.name for exercise in exercises}
    stubs = {cell.id: cell.source.strip() for cell in original.cells if grade_id(cell) in names}
    return all(matched[id].source.strip() == stub for id, stub in stubs.items() if id in matched)


def _lesson_of(file: HandedIn, originals: Mapping[str, NotebookNode]) -> str | None:
    """The lesson whose exercises a notebook holds: by its name, else by its cells."""
    stem, notebook = stem_of(file).lower(), file.notebook
    if stem in originals:
        return stem
    ids = {_grade_id(cell) for cell in notebook.cells} | {cell.id for cell in notebook.cells}
    shared = {
        lesson: len(ids & {_grade_id(cell) for cell in original.cells if _grade_id(cell)})
        for lesson, original in originals.items()
    }
    best = max(shared, key=shared.__getitem__)
    if shared[best]:
        return best
    return next((lesson for lesson in originals if lesson in stem or lesson[3:] in stem), None)


def _grade_id(cell: NotebookNode) -> str | None:
    part = cell.metadata.get("nbgrader")
    found = part.get("grade_id") if isinstance(part, dict) else None
    return found if isinstance(found, str) else None


def rebuild(
    student: str,
    lesson: str,
    notebook: NotebookNode,
    original: NotebookNode,
    exercises: Sequence[Exercise],
) -> Submission:
    """The student version with the student's answers and further cells in it."""
    odd: Oddities = {}
    places = {cell.id: place for place, cell in enumerate(original.cells)}
    official = _match(notebook, original, exercises, odd)  # student's cell by original id
    origin = {id(cell): name for name, cell in official.items()}
    rebuilt: list[tuple[float, NotebookNode]] = []
    at = -1.0
    for cell in notebook.cells:
        if id(cell) in origin:
            at = places[origin[id(cell)]]
        elif _is_own(cell, original):
            at += 1e-4  # after the cell it follows
            rebuilt.append((at, _plain(cell, len(rebuilt))))
    for cell in original.cells:
        kept = nbformat.from_dict(cell)
        if cell.id in official:
            kept.source = _source(official[cell.id], cell, odd)
        if kept.cell_type == "code":
            kept.outputs, kept.execution_count = [], None
        rebuilt.append((places[cell.id], kept))
    rebuilt.sort(key=lambda pair: pair[0])
    result = nbformat.from_dict(original)
    result.cells = [cell for _, cell in rebuilt]
    remarks = [f"{', '.join(names)}: {what}" for what, names in odd.items()]
    return Submission(student, lesson, result, remarks, _hints(notebook, exercises))


def _match(
    notebook: NotebookNode,
    original: NotebookNode,
    exercises: Sequence[Exercise],
    odd: Oddities,
) -> dict[str, NotebookNode]:
    """The student's cell for each cell of the original, by the id of the original."""
    answers = {exercise.name: exercise for exercise in exercises}
    matched: dict[str, NotebookNode] = {}
    for cell in original.cells:
        named, same = grade_id(cell), []
        if named:
            same = [c for c in notebook.cells if _grade_id(c) == named]
        if len(same) > 1:
            _note(odd, "there more than once", cell)
        same = same or [c for c in notebook.cells if c.id == cell.id and not _grade_id(c)]
        if named in answers:
            if not same:
                same = _by_content(notebook, answers[named])
                if same:
                    _note(odd, "found in a cell without its name", cell)
            changed = [c for c in same if c.source.strip() != cell.source.strip()]
            same = changed or same
        if same and same[-1].cell_type == cell.cell_type:
            matched[cell.id] = same[-1]
        elif same and named in answers:
            _note(odd, "its cell is text, not code; the original was put back", cell)
        elif named:
            _note(odd, "missing, the original was put back", cell)
    return matched


def _by_content(notebook: NotebookNode, exercise: Exercise) -> list[NotebookNode]:
    """Code cells that set the variables of an exercise, or define its function."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not str(_grade_id(cell)).startswith("test_")
        and set(exercise.answers) <= _defined(cell.source)
    ]


@lru_cache(maxsize=10_000)
def _defined(source: str) -> set[str]:
    """Names that the code sets at its top level."""
    if len(source) > 100_000:  # no answer is as long, and parsing it could take very long
        return set()
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = set()
    for node in body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        names |= {
            part.id
            for target in getattr(node, "targets", [])
            for part in ast.walk(target)
            if isinstance(part, ast.Name)
        }
    return names


def _is_own(cell: NotebookNode, original: NotebookNode) -> bool:
    """Whether a cell is the student's own work, and no copy of what was handed out."""
    handed_out = {c.source.strip() for c in original.cells}
    named = str(_grade_id(cell) or "")
    is_copy = cell.source.strip() in handed_out or named.startswith(("test_", "about_"))
    return cell.cell_type == "code" and not is_copy


def _plain(cell: NotebookNode, number: int) -> NotebookNode:
    return nbformat.v4.new_code_cell(cell.source, id=f"own-{number}")


def _source(cell: NotebookNode, original: NotebookNode, odd: Oddities) -> str:
    """What counts: the student's text, but for cells that nbgrader locks."""
    locked = original.metadata.get("nbgrader", {}).get("locked", False)
    if not locked:
        return cell.source
    if cell.source.strip() != original.source.strip():
        _note(odd, "changed, the original was used", original)
    points = original.metadata["nbgrader"].get("points")
    theirs = cell.metadata.get("nbgrader")
    if points is not None and isinstance(theirs, dict) and theirs.get("points", points) != points:
        _note(odd, "its points were changed, and set back", original)
    return original.source


def _note(odd: Oddities, what: str, cell: NotebookNode) -> None:
    kind, _, rest = grade_id(cell).partition("_")
    name = f"{kind if kind == 'test' else 'text'} of {rest}" if kind in ("test", "about") else None
    odd.setdefault(what, []).append(name or f"answer {grade_id(cell)}")


def _hints(notebook: NotebookNode, exercises: Sequence[Exercise]) -> dict[str, int] | None:
    """How many hints were opened, by exercise, if the student wishes to share it."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    if not re.search(r"^share_hints\s*=\s*True\b", text, re.MULTILINE):
        return None
    opened = {exercise.name: 0 for exercise in exercises}
    for name, count in re.findall(r"""show_hints\(\s*["'](\w+)["']\s*,\s*(\d{1,2})\s*\)""", text):
        if name in opened:
            opened[name] = max(opened[name], int(count))
    return opened
