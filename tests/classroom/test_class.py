"""A class that hands in every lesson: marks, reports and hints, and a second run."""

import csv
import re
from pathlib import Path

import nbformat
import pytest

from classroom.apart import Limits
from classroom.gradebook import Course, Gradebook
from classroom.grading import Graded, grade
from classroom.release import add_assignments
from classroom.reports import write_reports
from classroom.summary import OUTCOMES, most_points, summarise, total_of
from course_utils.notebooks.exercise_sources import find_sources
from tests.helpers.whole_class import make_class

pytestmark = pytest.mark.classroom
NUM_STUDENTS = 2
LIMITS = Limits(seconds=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the class is kept; submissions lie in ``handed in``."""
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def due(folder: Path) -> dict[str, dict[str, list]]:
    """What each student is due: status and misconception by exercise."""
    course = Course(folder)
    add_assignments(course)
    return make_class(folder / "handed in", course, NUM_STUDENTS)


@pytest.fixture(scope="module")
def graded(folder: Path, due: dict[str, dict[str, list]]) -> Graded:
    """The class, graded for the first time, with its reports written."""
    result = grade(folder / "handed in", folder, LIMITS, workers=2)
    write_reports(result, folder)
    return result


def test_every_notebook_was_marked(graded: Graded) -> None:
    assert graded.num_marked == NUM_STUDENTS * len(find_sources())
    assert not any(graded.remarks.values())


def test_each_answer_gets_the_verdict_that_is_due(
    graded: Graded, due: dict[str, dict[str, list]]
) -> None:
    for student, due_to in due.items():
        for result in graded.results[student].values():
            for name, verdict in result.verdicts.items():
                found = (verdict["status"], verdict["misconception"])
                assert found == tuple(due_to[name]), f"{student}, {name}: {verdict['message']}"


def test_a_right_answer_is_worth_its_minutes_and_others_nothing(
    graded: Graded, due: dict[str, dict[str, list]]
) -> None:
    for student, due_to in due.items():
        for exercises in graded.exercises.values():
            for exercise in exercises:
                is_right = due_to[exercise.name][0] == "right"
                assert graded.marks[student][exercise.name] == exercise.minutes * is_right


def test_the_table_of_marks_adds_up(graded: Graded, folder: Path) -> None:
    text = (folder / "marks.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == NUM_STUDENTS
    for row in rows:
        student = row["student"]
        assert float(row[f"total of {most_points(graded)}"]) == total_of(graded, student)
        lessons = [row[f"{lesson} of {most_points(graded, lesson)}"] for lesson in graded.exercises]
        assert sum(map(float, lessons)) == total_of(graded, student)


def test_the_summary_counts_every_student_once(graded: Graded) -> None:
    for summary in summarise(graded):
        assert sum(summary.outcomes.values()) == NUM_STUDENTS
        assert set(summary.outcomes) <= set(OUTCOMES)


def test_hints_are_counted_for_those_who_share_them_only(graded: Graded, folder: Path) -> None:
    for student, results in graded.results.items():
        for lesson, result in results.items():
            path = folder / "handed in" / student / f"{lesson}.ipynb"
            text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
            if "share_hints = True" not in text:
                assert result.hints is None
                continue
            opened = dict(re.findall(r'show_hints\("(\w+)", (\d)\)', text))
            assert result.hints == {name: int(count) for name, count in opened.items()}


def test_the_report_names_each_misconception_that_was_met(
    graded: Graded, folder: Path, due: dict[str, dict[str, list]]
) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    met = {name for due_to in due.values() for _, name in due_to.values() if name}
    assert len(met) >= 10
    for name in met:
        assert f"<td>{name}</td>" in page


def test_each_student_gets_a_page_without_hidden_tests_or_solutions(
    graded: Graded, folder: Path
) -> None:
    for student in graded.names:
        page = (folder / "feedback" / f"{student}.html").read_text(encoding="utf-8")
        total = f"{total_of(graded, student):g} of {most_points(graded)} points"
        assert total in page
        assert "HIDDEN" not in page and "seed=" not in page and "def " not in page
        assert not set(graded.names) - {student} & set(re.findall(r"student\d\d", page))


def test_pages_need_nothing_from_the_network(graded: Graded, folder: Path) -> None:
    for path in [folder / "report.html", *(folder / "feedback").glob("*.html")]:
        page = path.read_text(encoding="utf-8")
        assert not re.findall(r"https?://|<script|<link", page), path.name


def test_every_picture_and_table_of_the_report_can_be_read_aloud(
    graded: Graded, folder: Path
) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<img [^>]*alt="[^"]{20,}', page)) == page.count("<img ")
    assert page.count("<caption>") == page.count("<table>")
    assert 'lang="en"' in page and "<th>" not in page  # every heading says what it heads


def test_a_second_run_marks_only_what_changed(graded: Graded, folder: Path) -> None:
    handed_in = folder / "handed in"
    (path, *_) = sorted((handed_in / "student01").glob("*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("print('more')"))
    nbformat.write(notebook, path)
    again = grade(handed_in, folder, LIMITS, workers=2)
    assert again.num_marked == 1
    assert again.marks == graded.marks


def test_points_changed_by_hand_in_the_gradebook_count(graded: Graded, folder: Path) -> None:
    lesson = find_sources()[0].stem
    exercise = graded.exercises[lesson][0].name
    with Gradebook(Course(folder).database) as book:
        mark = book.find_grade(f"test_{exercise}", lesson, lesson, "student02")
        mark.manual_score = 1.5
        book.db.commit()
    assert grade(folder / "handed in", folder, LIMITS, 2).marks["student02"][exercise] == 1.5


def test_those_who_hand_in_later_are_added(graded: Graded, folder: Path, tmp_path: Path) -> None:
    late = tmp_path / "late"
    original = Course(folder).released(find_sources()[0].stem)
    (late / "latecomer").mkdir(parents=True)
    nbformat.write(original, late / "latecomer" / f"{find_sources()[0].stem}.ipynb")
    result = grade(late, folder, LIMITS, workers=1)
    assert result.num_marked == 1
    assert set(result.names) == {"latecomer", *graded.names}
