"""Sources of exercises and their copies in the lessons: one is made from the other."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.notebooks.exercise_sources import (
    find_sources,
    grade_id,
    put_exercises_into,
    read_exercises,
)
from tests.helpers.notebook_files import LESSONS

SOURCES = find_sources()
every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    """The notebook in a file."""
    return nbformat.read(path, as_version=4)


def lesson_of(source: Path) -> Path:
    """The lesson that a source belongs to."""
    return source.parents[1] / source.name


def source_with(**changes: str) -> NotebookNode:
    """A source with one exercise, some of its parts changed or, if None, left out."""
    parts = {
        "about": "## Exercise 1 Halves (2 minutes)\n\nTrains: dividing.",
        "answer": "half = ...\n### BEGIN SOLUTION\nhalf = 0.5\n### END SOLUTION",
        "test": "require_right(check_mean_loss(half))\n### BEGIN HIDDEN TESTS\n1\n"
        "### END HIDDEN TESTS",
        "tag": "write",
    } | changes
    named = [("about_mean_loss", "about"), ("mean_loss", "answer"), ("test_mean_loss", "test")]
    cells = []
    for name, part in named:
        if parts[part] is not None:
            make = new_markdown_cell if part == "about" else new_code_cell
            cells.append(make(parts[part], metadata={"nbgrader": {"grade_id": name}}))
            if part == "answer" and parts["tag"]:
                cells[-1].metadata["tags"] = [parts["tag"]]
    return new_notebook(cells=[new_markdown_cell("# Exercises"), *cells])


def lesson_with(*headings: str) -> NotebookNode:
    """A lesson made of these headings."""
    cells = [new_markdown_cell(text, id=f"cell-{n}") for n, text in enumerate(headings)]
    return new_notebook(cells=cells)


def sources_in(lesson: NotebookNode) -> list[str]:
    """First lines of the cells of a lesson."""
    return [cell.source.splitlines()[0] for cell in lesson.cells]


@pytest.mark.slow
@every_source
def test_the_copy_in_the_lesson_is_that_of_the_source(path: Path) -> None:
    lesson = read(lesson_of(path))
    before = nbformat.writes(lesson)
    put_exercises_into(lesson, read_exercises(read(path)))
    assert nbformat.writes(lesson) == before, f"{path.name} changed, run: make notebooks"


def test_every_lesson_but_the_first_has_a_source() -> None:
    assert [lesson_of(path) for path in SOURCES] == LESSONS[1:]


@every_source
def test_points_are_minutes_and_tests_are_locked(path: Path) -> None:
    source = read(path)
    cells = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    for exercise in read_exercises(source):
        about, answer, test = (
            cells[name].metadata.nbgrader
            for name in (f"about_{exercise.name}", exercise.name, f"test_{exercise.name}")
        )
        assert test.points == exercise.minutes
        assert (test.grade, test.locked, test.solution) == (True, True, False)
        assert (answer.grade, answer.locked, answer.solution) == (False, False, True)
        assert (about.grade, about.locked, about.solution) == (False, True, False)


@every_source
def test_hidden_tests_try_other_inputs_unless_there_are_none(path: Path) -> None:
    source = read(path)
    cells = {grade_id(cell): cell.source for cell in source.cells if grade_id(cell)}
    for exercise in read_exercises(source):
        hidden = cells[f"test_{exercise.name}"].partition("### BEGIN HIDDEN TESTS")[2]
        assert ("seed=" in hidden) == (exercise.kind != "read"), exercise.name


@every_source
def test_each_exercise_offers_its_hints_and_none_is_shared_unasked(path: Path) -> None:
    source = read(path)
    text = [cell.source for cell in source.cells if cell.cell_type == "code"]
    assert text.count("share_hints = False") == 1
    for exercise in read_exercises(source):
        assert text.count(f'show_hints("{exercise.name}", 0)') == 1


def test_an_exercise_is_read_with_all_its_parts() -> None:
    (exercise,) = read_exercises(source_with())
    assert (exercise.name, exercise.number, exercise.title) == ("mean_loss", 1, "Halves")
    assert (exercise.minutes, exercise.kind) == (2, "write")
    assert (exercise.stub, exercise.solution) == ("half = ...", "half = 0.5")
    assert (exercise.check, exercise.answers) == ("check_mean_loss(half)", ["half"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"answer": None}, "lacks"),
        ({"test": None}, "lacks"),
        ({"answer": "half = 0.5"}, "BEGIN SOLUTION"),
        ({"answer": "### BEGIN SOLUTION\nhalf = 0.5\n### END SOLUTION\nprint(half)"}, "end in"),
        ({"test": "check_mean_loss(half)"}, "require_right"),
        ({"tag": "guess"}, "write, mend, read"),
        ({"tag": None}, "write, mend, read"),
    ],
)
def test_a_part_that_is_missing_is_named(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_exercises(source_with(**changes))


def test_new_exercises_come_before_the_summary() -> None:
    lesson = lesson_with("## 1 Why?", "## Exercises", "## Summary", "## Sources")
    put_exercises_into(lesson, read_exercises(source_with()))
    assert sources_in(lesson) == [
        "## 1 Why?",
        "## Exercises",
        "### Exercise 1 Halves (2 minutes)",
        "half = ...",
        "<details><summary>Hint 1</summary>",
        "## Summary",
        "## Sources",
    ]


def test_an_exercise_inside_the_lesson_stays_there() -> None:
    lesson = lesson_with("## 1 Why?", "## 2 How?", "## Exercises", "## Summary")
    lesson.cells.insert(1, new_markdown_cell("old", id="exercise-mean-loss-about"))
    put_exercises_into(lesson, read_exercises(source_with()))
    assert sources_in(lesson)[1] == "### Exercise 1 Halves (2 minutes)"
    assert sources_in(lesson)[-3:] == ["## 2 How?", "## Exercises", "## Summary"]


def test_an_exercise_that_is_no_more_is_taken_out() -> None:
    lesson = lesson_with("## Exercises", "## Summary")
    put_exercises_into(lesson, read_exercises(source_with()))
    put_exercises_into(lesson, [])
    assert sources_in(lesson) == ["## Exercises", "## Summary"]


def test_outputs_stay_while_the_cell_is_the_same() -> None:
    lesson = lesson_with("## Exercises", "## Summary")
    put_exercises_into(lesson, read_exercises(source_with()))
    lesson.cells[2].execution_count = 7
    put_exercises_into(lesson, read_exercises(source_with()))
    assert lesson.cells[2].execution_count == 7
    changed = source_with(answer="half = 1\n### BEGIN SOLUTION\nhalf = 0.5\n### END SOLUTION")
    put_exercises_into(lesson, read_exercises(changed))
    assert lesson.cells[2].execution_count is None


@every_source
def test_an_exercise_can_be_read_aloud_and_done_by_keyboard(path: Path) -> None:
    levels = []
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            levels += [len(mark) for mark in re.findall(r"^(#+) ", cell.source, re.MULTILINE)]
            assert not re.search(r"<(?!/?(?:details|summary|br))\w+", cell.source), cell.source
            assert "![" not in cell.source, "pictures come from cells, which describe them"
            for table in re.findall(r"(?:^\|.*\n?)+", cell.source, re.MULTILINE):
                assert re.match(r"\|.*\n\|[-: |]+\n", table), f"a table needs a head: {table}"
        else:
            widgets = re.search(r"ipywidgets|interact|%%html|%%javascript|HTML\(", cell.source)
            assert not widgets, f"answers are written, not clicked: {cell.source}"
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    assert len(output.metadata[kind]["alt"].split()) >= 8
    assert levels[0] == 1 and set(levels[1:]) == {2}, "one title, then a heading per exercise"
