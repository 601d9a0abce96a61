"""A class that hands in all lessons, with answers drawn from those that are known right or wrong.

``python -m tests.helpers.whole_class FOLDER 30`` writes the notebooks of 30 students, to try
``make grade SUBMISSIONS=FOLDER`` at its full size; it needs ``make release`` before.
"""

import random
import sys
from importlib import import_module
from pathlib import Path

from nbformat import NotebookNode

from classroom.gradebook import Course
from course_utils.notebooks.exercise_sources import Exercise, find_sources
from tests.helpers.student_notebooks import answered, exercises_of, hand_in

KINDS = ("solution", "RIGHT", "WRONG", "WRONG", "blank")


def draw(exercise: Exercise, lesson: str, rng: random.Random) -> tuple[str | None, str, str | None]:
    """One answer to an exercise: its source (None for a blank), status and misconception."""
    kind = rng.choice(KINDS)
    if kind == "blank":
        return None, "unanswered", None
    if kind == "solution":
        return exercise.solution, "right", None
    module = import_module(f"tests.lessons.{lesson}.answers")
    name = rng.choice(sorted(getattr(module, kind)[exercise.name]))
    text = Path(module.__file__).read_text(encoding="utf-8")
    names = ", ".join(exercise.answers)
    # In a namespace of its own, since its helpers may be called as the answers are.
    source = f"space = {{}}\nexec({text!r}, space)\n"
    source += f"{names} = space[{kind!r}][{exercise.name!r}][{name!r}]\n"
    return source, *(("right", None) if kind == "RIGHT" else ("wrong", name))


def notebook_of(
    original: NotebookNode, lesson: str, rng: random.Random
) -> tuple[NotebookNode, dict[str, tuple[str, str | None]]]:
    """A student's notebook, and what is due to each exercise in it: status and misconception."""
    drawn = {e.name: draw(e, lesson[3:], rng) for e in exercises_of(lesson)}
    given = {name: source for name, (source, _, _) in drawn.items() if source is not None}
    return answered(original, given), {name: rest for name, (_, *rest) in drawn.items()}


def make_class(folder: Path, course: Course, num_students: int) -> dict[str, dict[str, list]]:
    """Hand in for a whole class; what is due to each student, by exercise."""
    rng, due = random.Random(0), {}
    for number in range(1, num_students + 1):
        student, due_to = f"student{number:02d}", {}
        for path in find_sources():
            notebook, of_lesson = notebook_of(course.released(path.stem), path.stem, rng)
            if rng.random() < 0.5:
                share_hints(notebook, rng)
            hand_in(folder, student, notebook, path.name)
            due_to |= of_lesson
        due[student] = due_to
    return due


def share_hints(notebook: NotebookNode, rng: random.Random) -> None:
    """Open some hints, and let the teacher know."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("share_hints = False", "share_hints = True")
        if cell.source.startswith("show_hints("):
            cell.source = cell.source.replace(", 0)", f", {rng.randint(0, 2)})")


if __name__ == "__main__":
    make_class(Path(sys.argv[1]), Course(Path("class")), int(sys.argv[2]))
