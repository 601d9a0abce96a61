"""What students handed in is put back into the form that was handed out."""

import re
import time

import nbformat
import pytest
from nbformat import NotebookNode

from classroom.grading import safe_name
from classroom.handed_in import HandedIn
from classroom.submissions import read_submissions, rebuild
from course_utils.notebooks.exercise_sources import grade_id
from tests.helpers.student_notebooks import (
    EXERCISES_FOLDER,
    LESSON,
    answered,
    cell_of,
    exercises_of,
    solutions_of,
)

SOLUTIONS = solutions_of()
EXERCISES = exercises_of()


def original() -> NotebookNode:
    """The source without its solutions, much as students get it."""
    notebook = nbformat.read(EXERCISES_FOLDER / f"{LESSON}.ipynb", as_version=4)
    for exercise in EXERCISES:
        cell_of(notebook, exercise.name).source = exercise.stub
        cell_of(notebook, f"test_{exercise.name}").source = f"require_right({exercise.check})"
    return notebook


def as_file(notebook: NotebookNode, name: str = f"{LESSON}.ipynb") -> HandedIn:
    """The notebook as a file that was handed in."""
    return HandedIn(name, notebook)


def read(*files: HandedIn) -> tuple[dict, list[str]]:
    """The submissions among files of one student, and the remarks."""
    return read_submissions("ann", files, {LESSON: original()}, {LESSON: EXERCISES})


def sources(notebook: NotebookNode) -> list[str]:
    """The text of every cell."""
    return [cell.source for cell in notebook.cells]


def test_an_honest_submission_comes_back_as_it_was() -> None:
    notebook = answered(original(), SOLUTIONS)
    found, remarks = read(as_file(notebook))
    assert sources(found[LESSON].notebook) == sources(notebook)
    assert remarks == found[LESSON].remarks == []
    assert found[LESSON].hints is None


def test_own_cells_stay_where_they_were() -> None:
    notebook = answered(original(), SOLUTIONS)
    place = notebook.cells.index(cell_of(notebook, "descend"))
    notebook.cells.insert(place, nbformat.v4.new_code_cell("helper = 1"))
    notebook.cells.insert(place + 2, nbformat.v4.new_code_cell("helper = 2"))
    rebuilt = rebuild("ann", LESSON, notebook, original(), EXERCISES).notebook
    texts = sources(rebuilt)
    assert texts.index("helper = 1") + 1 == texts.index(SOLUTIONS["descend"])
    assert texts.index(SOLUTIONS["descend"]) + 1 == texts.index("helper = 2")


def test_outputs_and_stray_metadata_are_left_behind() -> None:
    notebook = answered(original(), SOLUTIONS)
    for cell in notebook.cells:
        cell.metadata["collapsed"] = True
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="✓ Right.")]
    rebuilt = rebuild("ann", LESSON, notebook, original(), EXERCISES).notebook
    nbformat.validate(rebuilt)
    assert not any(cell.get("outputs") for cell in rebuilt.cells)
    assert not any("collapsed" in cell.metadata for cell in rebuilt.cells)


def test_of_two_answers_the_last_that_was_written_counts() -> None:
    notebook = answered(original(), {})
    place = notebook.cells.index(cell_of(notebook, "descend"))
    for number, text in enumerate(("first = 1", "second = 2")):
        copy = nbformat.from_dict(notebook.cells[place])
        copy.id, copy.source = f"copy-{number}", text
        notebook.cells.insert(place + 1 + number, copy)
    submission = rebuild("ann", LESSON, notebook, original(), EXERCISES)
    assert cell_of(submission.notebook, "descend").source == "second = 2"
    assert "first = 1" in sources(submission.notebook)
    assert submission.remarks == ["answer descend: there more than once"]


def test_every_test_is_the_original_one_whatever_is_handed_in() -> None:
    handed_out = original()
    tests = [cell.source for cell in handed_out.cells if str(grade_id(cell)).startswith("test_")]
    for damage in (
        lambda cells: [],
        lambda cells: cells[::-1],
        lambda cells: cells * 2,
        lambda cells: [c for c in cells if c.cell_type == "markdown"],
        lambda cells: [nbformat.from_dict(c | {"source": "pass"}) for c in cells],
        lambda cells: [nbformat.from_dict(c | {"metadata": {"nbgrader": 3}}) for c in cells],
        lambda cells: [nbformat.from_dict(c | {"cell_type": "raw"}) for c in cells],
    ):
        notebook = answered(original(), SOLUTIONS)
        notebook.cells = damage(notebook.cells)
        rebuilt = rebuild("ann", LESSON, notebook, original(), EXERCISES).notebook
        kept = [cell.source for cell in rebuilt.cells if str(grade_id(cell)).startswith("test_")]
        assert kept == tests
        nbformat.validate(rebuilt)


def test_the_lesson_is_known_by_its_cells_when_the_name_is_wrong() -> None:
    found, _ = read(as_file(answered(original(), SOLUTIONS), "homework.ipynb"))
    assert found[LESSON].remarks == ["handed in as homework.ipynb"]


def test_a_copy_beside_the_right_name_is_left_aside() -> None:
    notebook = answered(original(), SOLUTIONS)
    copy, right = as_file(original(), f"{LESSON} (1).ipynb"), as_file(notebook)
    found, remarks = read(copy, right)
    assert sources(found[LESSON].notebook) == sources(notebook)
    assert remarks == [f"{LESSON} (1).ipynb: a second notebook of {LESSON}, left aside"]


def test_another_notebook_is_left_aside() -> None:
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    assert read(as_file(other, "diary.ipynb")) == (
        {},
        ["diary.ipynb: not one of the exercise notebooks, left aside"],
    )


@pytest.mark.parametrize(
    ("shared", "opened", "hints"),
    [
        ("share_hints = True", 2, 2),
        ("share_hints = True  # yes", 0, 0),
        ("share_hints = False", 2, None),
        ("# share_hints = True", 2, None),
        ("share_hints = Truely", 2, None),
    ],
)
def test_hints_are_read_only_with_the_students_wish(
    shared: str, opened: int, hints: int | None
) -> None:
    notebook = original()
    for cell in notebook.cells:
        cell.source = cell.source.replace("share_hints = False", shared)
        cell.source = cell.source.replace('("descend", 0)', f'("descend", {opened})')
    none_opened = {exercise.name: 0 for exercise in EXERCISES}
    submission = rebuild("ann", LESSON, notebook, original(), EXERCISES)
    assert submission.hints == (None if hints is None else none_opened | {"descend": hints})


def test_no_two_names_give_the_same_folder() -> None:
    names = ["a b", "a-b", "a+b", "a\udcffb", "a\udcfeb", "x" * 300, "x" * 301, "..", ".", "Ä"]
    names += [safe_name(name) for name in names]
    safe = {name: safe_name(name) for name in names}
    assert len(set(safe.values())) == len(set(names))
    assert all(re.fullmatch(r"\w[\w.-]{0,80}", found, re.ASCII) for found in safe.values()), safe


def test_code_that_takes_long_to_parse_is_not_parsed() -> None:
    notebook = original()
    for cell in notebook.cells:
        cell.metadata, cell.id = nbformat.from_dict({}), f"x{cell.id}"
    notebook.cells.append(nbformat.v4.new_code_cell("a" + "()" * 300_000))
    started = time.process_time()  # of this process alone: others may keep the cores busy
    rebuild("ann", LESSON, notebook, original(), EXERCISES)
    assert time.process_time() - started < 5
