"""Two exercises that the tests own, as a notebook, a room and answers: no lesson changes them."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import course_utils.lessons
from course_utils.notebooks.exercise_sources import Exercise, read_exercises
from tests.helpers.student_notebooks import answered

LESSON = "09_tried"
ROOM = {
    "__init__.py": '"""Two exercises."""\n',
    "exercises.py": """
from course_utils.exercises.checking import Check


def observe_order(my_order, seed):
    return {"order": str(my_order).strip()}


def observe_total(total, seed):
    import torch
    return {"total": float(total(torch.tensor([1.0, 2.0 + seed])))}


check_order = Check(observe_order, "Begin with b.")
check_total = Check(observe_total, "Add them.")
""",
    "answers/__init__.py": "",
    "answers/order.py": """
from course_utils.exercises.feedback import right, wrong


class Order:
    messages = {}

    def judge(self, observed, seed):
        return right("Yes.") if observed["order"] == "b a" else wrong("Not in this order.")


ANSWER = Order()
""",
    "answers/total.py": """
from course_utils.exercises.feedback import right, wrong


class Total:
    messages = {}

    def judge(self, observed, seed):
        return right("Yes.") if observed["total"] == 3.0 + seed else wrong("Another number.")


ANSWER = Total()
""",
}
IMPORTS = """import torch

from course_utils.exercises.checking import show_hints
from course_utils.exercises.feedback import require_right
from course_utils.lessons.tried.exercises import check_order, check_total"""
STUBS = {"order": 'my_order = "..."', "total": "def total(x):\n    return ..."}
SOLUTIONS = {"order": 'my_order = "b a"', "total": "def total(x):\n    return torch.sum(x)"}
CHECKS = {"order": "check_order(my_order)", "total": "check_total(total)"}
MINUTES = {"order": 2, "total": 3}


def source() -> NotebookNode:
    """The exercises as a teacher writes them."""
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("# Exercises", id="title"),
        v4.new_code_cell(IMPORTS, id="imports"),
    ]
    for number, name in enumerate(STUBS, 1):
        about = f"## Exercise {number} The {name} ({MINUTES[name]} minutes)\n\nTrains: it."
        answer = f"{STUBS[name]}\n### BEGIN SOLUTION\n{SOLUTIONS[name]}\n### END SOLUTION"
        cells += [
            _named(v4.new_markdown_cell(about), f"about_{name}", locked=True),
            _named(v4.new_code_cell(answer), name, solution=True),
            _named(v4.new_code_cell(f"require_right({CHECKS[name]})"), f"test_{name}", locked=True,
                   grade=True, points=MINUTES[name]),
            v4.new_code_cell(f'show_hints("{name}", 0)', id=f"{name}-hints"),
        ]  # fmt: skip
        cells[-3].metadata["tags"] = ["write"]
    return v4.new_notebook(cells=cells)


def _named(cell: NotebookNode, grade_id: str, **about: object) -> NotebookNode:
    cell.id = grade_id.replace("_", "-")
    cell.metadata["nbgrader"] = nbformat.from_dict({"grade_id": grade_id, **about})
    return cell


def exercises() -> list[Exercise]:
    """Both of them."""
    return read_exercises(source())


def original() -> NotebookNode:
    """What students get."""
    return answered(source(), STUBS)


def solved() -> NotebookNode:
    """What a student hands in who solved both."""
    return answered(source(), SOLUTIONS)


@contextmanager
def room(folder: Path, workbook: Path) -> Iterator[None]:
    """Let the exercises have a room: here with its answers, in ``workbook`` without."""
    before = list(course_utils.lessons.__path__)
    for name, text in ROOM.items():
        file = folder / "tried" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    target = workbook / "course_utils" / "lessons" / "tried"
    shutil.copytree(folder / "tried", target, ignore=shutil.ignore_patterns("answers"))
    course_utils.lessons.__path__.append(str(folder))
    try:
        yield
    finally:
        course_utils.lessons.__path__[:] = before
        for name in [name for name in sys.modules if name.startswith("course_utils.lessons.tried")]:
            del sys.modules[name]
