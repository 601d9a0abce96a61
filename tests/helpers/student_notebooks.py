"""Notebooks as students hand them in, made from the student version of lesson 01's exercises."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.notebooks.exercise_sources import (
    EXERCISES_FOLDER,
    Exercise,
    grade_id,
    read_exercises,
)

LESSON = "01_pretraining_loss"
Edit = Callable[[NotebookNode], None]


def exercises_of(lesson: str = LESSON) -> list[Exercise]:
    """The exercises of a lesson, from their source."""
    return read_exercises(nbformat.read(EXERCISES_FOLDER / f"{lesson}.ipynb", as_version=4))


def solutions_of(lesson: str = LESSON) -> dict[str, str]:
    """The right answer to each exercise, as source text."""
    return {exercise.name: exercise.solution for exercise in exercises_of(lesson)}


def answered(
    original: NotebookNode, answers: Mapping[str, str], edit: Edit | None = None
) -> NotebookNode:
    """The student version with ``answers`` (source by exercise) in it, then edited."""
    notebook = nbformat.from_dict(original)
    for cell in notebook.cells:
        if grade_id(cell) in answers:
            cell.source = answers[grade_id(cell)]
    if edit is not None:
        edit(notebook)
    return notebook


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with nbgrader's ``name``."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def hand_in(
    folder: Path, student: str, notebook: NotebookNode | bytes, name: str = f"{LESSON}.ipynb"
) -> None:
    """Put a notebook, or any other content, into the folder of a student."""
    path = folder / student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # JSON as Jupyter's own would be, but able to hold half a character.
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    path.write_bytes(content)
