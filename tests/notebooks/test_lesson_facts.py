"""What notebooks say of themselves in their metadata, held against what they do."""

import ast
from pathlib import Path

import nbformat
import papermill
import pytest

from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.lesson_facts import LessonFacts, read_facts

LESSONS = find_lessons()


def code_of(lesson: Path) -> str:
    """All code of the lesson."""
    cells = nbformat.read(lesson, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def facts_of(lesson: Path) -> LessonFacts:
    """What its metadata say."""
    return read_facts(nbformat.read(lesson, as_version=4))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_where_a_lesson_writes_is_known_to_those_who_run_many(lesson: Path) -> None:
    places = {name for name in papermill.inspect_notebook(lesson) if name.startswith("save")}
    assert set(facts_of(lesson).leaves) == places


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_that_compares_seconds_says_that_it_runs_alone(lesson: Path) -> None:
    code = code_of(lesson)
    times = any(call in code for call in ("in_turn(", "measure_step("))
    assert facts_of(lesson).times_the_machine == times


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_data_of_profile_gpu_are_those_that_the_lesson_sets(lesson: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(code_of(lesson))) if isinstance(node, ast.Call)]
    (sizes,) = [call for call in calls if getattr(call.func, "id", "") == "dict"
                and {"device"} <= {word.arg for word in call.keywords}] or [None]  # fmt: skip
    words = {} if sizes is None else {word.arg: word.value for word in sizes.keywords}
    named = {
        name: ast.literal_eval(words[name]) for name in ("dataset", "backbone") if name in words
    }
    assert dict(facts_of(lesson).gpu_profile) == named


def test_a_fact_of_an_unknown_name_is_refused() -> None:
    notebook = nbformat.v4.new_notebook(metadata={"workbook": {"leavs": {}}})
    with pytest.raises(TypeError, match="leavs"):
        read_facts(notebook)
