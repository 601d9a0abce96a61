"""Two exercises that the tests own, as a notebook, a room and answers: no lesson changes them.

They do without torch, which takes longer to import than most of what is tried with them takes.
"""

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

LESSON = "09_a_trial"  # hints are looked for in one room after another, and most import torch
NAME = LESSON[3:]
ROOM = {
    "__init__.py": '"""Two exercises."""\n',
    "exercises.py": """
from course_utils.exercises.checking import Check
from course_utils.exercises.feedback import Feedback, call_for_number


def observe_order(my_order, seed):
    return {"order": str(my_order).strip()}


def observe_total(total, seed):
    found = call_for_number(total, [1.0, 2.0 + seed])
    return found if isinstance(found, Feedback) else {"total": found}


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
IMPORTS = f"""import math

from course_utils.exercises.checking import show_hints
from course_utils.exercises.feedback import require_right
from course_utils.lessons.{NAME}.exercises import check_order, check_total"""
STUBS = {"order": 'my_order = "..."', "total": "def total(x):\n    return ..."}
SOLUTIONS = {"order": 'my_order = "b a"', "total": "def total(x):\n    return math.fsum(x)"}
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
    plain = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = nbformat.from_dict({"grade_id": grade_id, **plain, **about})
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
def room(folder: Path) -> Iterator[None]:
    """Let the exercises have a room, with its answers, in ``folder``."""
    for name, text in ROOM.items():
        file = folder / NAME / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    let_rooms_be_in(folder)
    try:
        yield
    finally:
        course_utils.lessons.__path__.remove(str(folder))
        room_of_lesson = f"course_utils.lessons.{NAME}"
        for name in [name for name in sys.modules if name.startswith(room_of_lesson)]:
            del sys.modules[name]


def let_rooms_be_in(folder: Path) -> None:
    """Have this process look for rooms of lessons in ``folder``, too."""
    course_utils.lessons.__path__.append(str(folder))


def copy_room(folder: Path, workbook: Path) -> None:
    """Put the room into the ``workbook`` that submissions see, without its answers."""
    target = workbook / "course_utils" / "lessons" / NAME
    shutil.copytree(folder / NAME, target, ignore=shutil.ignore_patterns("answers"))
