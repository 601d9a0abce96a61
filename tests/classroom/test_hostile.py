"""Submissions of every unpleasant kind, graded for real and together, as one class.

None may stop the others, change another's mark, or get marks that it did not earn.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from classroom.apart import Limits
from classroom.gradebook import Course
from classroom.grading import Graded, grade, safe_name
from classroom.protection import has_bubblewrap
from classroom.release import release
from classroom.reports import write_reports
from classroom.summary import happenings
from course_utils.learning.lessons import ROOMS_FOLDER
from tests.helpers.hostile_submissions import CASES, OF_TORCH, SOLUTIONS, Case
from tests.helpers.own_class import class_with
from tests.helpers.student_notebooks import (
    EXERCISES_FOLDER,
    answered,
    hand_in,
)

pytestmark = pytest.mark.classroom
# Long enough for a right answer, on a busy machine; little memory, so that it is full soon.
LIMITS = Limits(seconds=6, memory_mb=1536)


def tried() -> list[Case]:
    """The cases that can be tried here: without bubblewrap some would do real harm."""
    return [case for case in CASES if has_bubblewrap() or not case.needs_bubblewrap]


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A class with its release, and every case handed in."""
    out, source = tmp_path_factory.mktemp("class"), EXERCISES_FOLDER / f"{OF_TORCH}.ipynb"
    with class_with(tmp_path_factory.mktemp("own"), source):
        release(out)
        hand_in_all(out, source)
        yield out


def hand_in_all(out: Path, source: Path) -> None:
    """Hand in every case that can be tried here."""
    course = Course(out)
    paths = {
        "source": source,
        "teacher": out / "teacher" / f"{OF_TORCH}.ipynb",
        "gradebook": out / "nbgrader" / "gradebook.db",
        "other": out / "handed in" / "correct" / f"{OF_TORCH}.ipynb",
        "answers": ROOMS_FOLDER / "pretraining_loss" / "answers",
        "results": out / "results",
    }
    for path in ("source", "teacher", "gradebook", "answers"):
        assert paths[path].exists(), "what an attack looks for must be there to be found"
    as_text = {name: str(path) for name, path in paths.items()}
    for case in tried():
        notebook = case.make(course.released(case.lesson), as_text)
        hand_in(out / "handed in", case.name, notebook, case.file or f"{case.lesson}.ipynb")


@pytest.fixture(scope="module")
def graded(class_folder: Path) -> Graded:
    """The class, graded once."""
    result = grade(class_folder / "handed in", class_folder, LIMITS, workers=2)
    write_reports(result, class_folder)
    return result


def due_and_got(graded: Graded, case: Case) -> tuple[dict[str, float], dict[str, float]]:
    """Points by exercise."""
    marks = graded.marks[safe_name(case.name)]
    due = {e.name: e.minutes * case.earns(e.name) for e in graded.exercises[case.lesson]}
    return due, {name: marks.get(name, 0.0) for name in due}


def held(graded: Graded, case: Case) -> bool:
    """Whether a case got exactly what is due, and a line where something happened."""
    due, got = due_and_got(graded, case)
    return got == due and case.line in "; ".join(happenings(graded, safe_name(case.name)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_submission_gets_what_it_earned_and_a_line(graded: Graded, case: Case) -> None:
    if case not in tried():
        pytest.skip("bubblewrap is not here, and this would do real harm without it")
    student = safe_name(case.name)
    due, got = due_and_got(graded, case)
    assert got == due, happenings(graded, student)
    assert case.line in "; ".join(happenings(graded, student))


def test_report_of_cases_tried_and_held(graded: Graded, capsys: pytest.CaptureFixture[str]) -> None:
    all_tried = tried()
    num_held = sum(held(graded, case) for case in all_tried)
    where = "inside bubblewrap" if has_bubblewrap() else "WITHOUT bubblewrap"
    with capsys.disabled():
        print(f"\nHostile submissions, {where}: {len(all_tried)} of {len(CASES)} tried, ", end="")
        print(f"{num_held} held")
    assert num_held == len(all_tried)


def test_every_student_stands_in_the_table_of_marks(graded: Graded, class_folder: Path) -> None:
    text = (class_folder / "marks.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["student"] for row in rows] == sorted(case.name for case in tried())


def test_honest_work_is_as_it_was_handed_in(graded: Graded, class_folder: Path) -> None:
    correct = answered(Course(class_folder).released(OF_TORCH), SOLUTIONS[OF_TORCH])
    path = class_folder / "handed in" / "correct" / f"{OF_TORCH}.ipynb"
    kept = nbformat.read(path, as_version=4)
    assert [cell.source for cell in kept.cells] == [cell.source for cell in correct.cells]


@pytest.mark.skipif(not has_bubblewrap(), reason="bubblewrap is not here")
def test_a_search_of_the_disk_finds_nothing(graded: Graded) -> None:
    outputs = graded.results[safe_name("looks for solutions")][OF_TORCH].outputs
    printed = [o["text"] for cell in outputs for o in cell if "FOUND" in o.get("text", "")]
    assert printed == ["FOUND []\n"]


def test_a_second_run_marks_nothing_again(graded: Graded, class_folder: Path) -> None:
    again = grade(class_folder / "handed in", class_folder, LIMITS, workers=2)
    assert again.num_marked == 0
    assert again.marks == graded.marks
