"""What students handed in: finding their notebooks, and putting each back into the form it had.

A submission is rebuilt on the student version: tests and texts are the original ones, whatever was
done to them, answers and other cells are the student's. So no edit, by accident or not, can stop
the grading or change what is asked.
"""

import ast
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_utils.notebooks.exercise_sources import Exercise, grade_id

MOST_BYTES = 20_000_000  # of all notebooks of one student
MOST_FILES = 100  # that are looked at, of one student
MOST_CELLS = 1000
Oddities = dict[str, list[str]]  # names of cells by what is odd about them


@dataclass(frozen=True)
class HandedIn:
    """One file of a student."""

    name: str  # as the student named it, folders included
    content: bytes


@dataclass
class Submission:
    """A student's notebook of one lesson, ready to run."""

    student: str
    lesson: str
    notebook: NotebookNode
    remarks: list[str] = field(default_factory=list)  # what was odd about it, in words
    hints: dict[str, int] | None = None  # opened by exercise; None unless the student shares it


def find_students(folder: Path) -> dict[str, list[HandedIn]]:
    """The notebooks that each student handed in.

    Args:
        folder: Holds a folder or a zip archive per student, named after the student.

    Raises:
        ValueError: If there is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; it should hold one folder or zip per student")
    entries = sorted(path for path in folder.iterdir() if not _is_hidden(Path(path.name)))
    found: dict[str, list[HandedIn]] = {}
    for entry in entries:
        if not entry.is_symlink() and (entry.is_dir() or entry.suffix == ".zip"):
            name = entry.name if entry.is_dir() else entry.stem
            found.setdefault(name, []).extend(_files(entry))
    if not found:
        raise ValueError(f"{folder} holds no folder and no zip archive; make one per student")
    return found


def _files(entry: Path) -> Iterator[HandedIn]:
    """The files below a folder or in an archive; links are not followed.

    Notebooks are read up to a limit, all together; what is beyond it counts as empty.
    """
    room = MOST_BYTES
    for name, size, read in islice(_listed(entry), MOST_FILES):
        is_wanted = name.endswith(".ipynb") and size <= room
        try:
            content = read() if is_wanted else b""
        except Exception:  # a damaged or locked archive, a file that may not be read
            content = b""
        room -= len(content)
        yield HandedIn(printable(name), content)


def _listed(entry: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """Name, size and how to read it, for each file."""
    if entry.is_dir():
        for path in sorted(entry.rglob("*")):
            inside = path.relative_to(entry)
            if path.is_file() and not path.is_symlink() and not _is_hidden(inside):
                yield inside.as_posix(), path.stat().st_size, path.read_bytes
        return
    try:
        with zipfile.ZipFile(entry) as archive:
            for member in archive.infolist():
                if not member.is_dir() and not _is_hidden(Path(member.filename)):
                    yield member.filename, member.file_size, partial(archive.read, member)
    except Exception:  # what a damaged archive raises has no common class
        yield f"{entry.name} (archive)", 0, bytes


def _is_hidden(path: Path) -> bool:
    """Whether some program left it there, such as Jupyter's checkpoints."""
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)


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
    found: dict[str, Submission] = {}
    remarks: list[str] = []
    # Files under their right name first, so that they win over copies of them.
    for file in sorted(files, key=lambda f: PurePosixPath(f.name).stem not in originals):
        notebook, why_not = _read_notebook(file)
        if notebook is None:
            remarks.append(f"{file.name}: {why_not}")
            continue
        lesson = _lesson_of(file.name, notebook, originals)
        if lesson is None:
            remarks.append(f"{file.name}: not one of the exercise notebooks, left aside")
        elif lesson in found:
            remarks.append(f"{file.name}: a second notebook of {lesson}, left aside")
        else:
            found[lesson] = rebuild(student, lesson, notebook, originals[lesson], exercises[lesson])
            if PurePosixPath(file.name).stem != lesson:
                found[lesson].remarks.append(f"handed in as {PurePosixPath(file.name).name}")
    return found, remarks


def _read_notebook(file: HandedIn) -> tuple[NotebookNode | None, str]:
    if not file.name.endswith(".ipynb"):
        return None, "not a notebook"
    if not file.content:
        return None, f"empty, or larger than {MOST_BYTES // 1_000_000} MB"
    try:
        found = json.loads(file.content)["cells"]
        cells = [_read_cell(cell) for cell in found[: MOST_CELLS + 1]]
    except Exception:  # a file may hold anything
        return None, "broken: it cannot be read as a notebook"
    if len(cells) > MOST_CELLS:
        return None, f"more than {MOST_CELLS} cells"
    return nbformat.from_dict({"cells": cells}), ""


def _read_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """What counts of a cell; outputs, which may be large, do not."""
    return {
        "id": str(cell.get("id", "")),
        "cell_type": str(cell["cell_type"]),
        "source": _text(cell.get("source", "")),
        "metadata": {"nbgrader": cell.get("metadata", {}).get("nbgrader")},
    }


def _text(source: object) -> str:
    text = source if isinstance(source, str) else "".join(map(str, source))
    return text.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be written


def printable(text: str, limit: int = 600) -> str:
    """Text from outside on one line, without what a file or a terminal could stumble over."""
    flat = " ".join(text[: 2 * limit].split())
    shown = "".join(letter if letter.isprintable() else "?" for letter in flat)
    return shown[:limit]


def _lesson_of(
    name: str, notebook: NotebookNode, originals: Mapping[str, NotebookNode]
) -> str | None:
    """The lesson whose exercises a notebook holds: by its name, else by its cells."""
    stem = PurePosixPath(name).stem
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
        elif grade_id(cell):
            _note(odd, "missing, the original was put back", cell)
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
