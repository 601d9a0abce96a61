"""What students are given, searched for what they must not get, and what their teacher gets."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from classroom.gradebook import Course
from classroom.release import add_assignments
from course_utils.exercises.checking import answer_to
from course_utils.files import PROJECT_FOLDER
from course_utils.notebooks.exercise_sources import find_sources, grade_id, read_exercises
from tests.helpers.commands import printed_by

pytestmark = pytest.mark.classroom
SOURCES = find_sources()


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A class after ``make release`` where its name cannot be shown, and what was printed."""
    out = tmp_path_factory.mktemp("class") / "class ∫"
    return out, printed_by("ascii", "classroom", "release", "--out", str(out))


@pytest.fixture(scope="module")
def class_folder(released: tuple[Path, str]) -> Path:
    """The folder of that class."""
    return released[0]


@pytest.fixture(scope="module")
def handed_out(class_folder: Path) -> dict[str, bytes]:
    """Every file of the zip, by its name."""
    with zipfile.ZipFile(class_folder / "students.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def texts(handed_out: dict[str, bytes]) -> dict[str, str]:
    """What a reader or a search can see: all but sealed answers, weights, pictures and sounds."""
    sealed = (".zip", ".pt", ".npz", ".wav")
    return {
        name: content.decode("utf-8")
        for name, content in handed_out.items()
        if not name.endswith(sealed)
    }


@pytest.fixture(scope="module")
def squeezed_texts(texts: dict[str, str]) -> dict[str, str]:
    """The same, ready to be searched."""
    return {name: squeezed(text) for name, text in texts.items()}


def squeezed(text: str) -> str:
    """Text without what indentation, quotes and JSON change."""
    return "".join(text.replace("\\n", "").replace("\\", "").replace('"', "").split())


def test_paths_are_printed_though_not_every_character_can_be(released: tuple[Path, str]) -> None:
    out, printed = released
    assert "class ?" in printed
    assert (out / "students.zip").is_file()


def test_students_get_all_exercises_and_lessons_and_the_package(
    handed_out: dict[str, bytes],
) -> None:
    for path in SOURCES:
        assert f"exercises/{path.name}" in handed_out
        assert f"notebooks/{path.name}" in handed_out
    for name in (
        "README.md",
        "requirements.txt",
        "constraints.txt",
        "pyproject.toml",
        "course_utils/models/residual.py",
    ):
        assert name in handed_out
    others = ("classroom/", "tests/", "benchmark/", "notebooks/exercises/")
    assert not [name for name in handed_out if name.startswith(others)]
    assert not [name for name in handed_out if "/answers/" in name]


def test_no_file_holds_a_solution(squeezed_texts: dict[str, str]) -> None:
    searched = 0
    for path in SOURCES:
        for exercise in read_exercises(nbformat.read(path, as_version=4)):
            searched += 1
            solution = squeezed(exercise.solution)
            for name, text in squeezed_texts.items():
                assert solution not in text, f"{exercise.name} in {name}"
    assert searched >= 24


def test_no_line_of_a_solution_is_left_in_the_exercises(squeezed_texts: dict[str, str]) -> None:
    for path in SOURCES:
        text = squeezed_texts[f"exercises/{path.name}"]
        exercises = read_exercises(nbformat.read(path, as_version=4))
        stubs = "".join(exercise.stub for exercise in exercises)
        for exercise in exercises:
            given = exercise.stub + exercise.about
            for line in map(str.strip, exercise.solution.splitlines()):
                if len(line) > 20 and line not in given:
                    assert line in stubs or squeezed(line) not in text, line


def test_no_hidden_test_marker_or_remark_is_left(
    texts: dict[str, str], squeezed_texts: dict[str, str]
) -> None:
    exercises = {name: text for name, text in texts.items() if name.startswith("exercises/")}
    for name, text in exercises.items():
        for word in ("SOLUTION", "HIDDEN", "seed="):
            assert word not in text, f"{word} in {name}"
    for path in SOURCES:
        for exercise in read_exercises(nbformat.read(path, as_version=4)):
            if exercise.remarks:
                remarks = squeezed(exercise.remarks)
                found = [name for name, text in squeezed_texts.items() if remarks in text]
                assert not found, exercise.name


def test_lessons_keep_their_hints_and_lose_their_solutions(handed_out: dict[str, bytes]) -> None:
    for path in SOURCES:
        lesson = nbformat.reads(handed_out[f"notebooks/{path.name}"].decode(), as_version=4)
        text = "\n".join(cell.source for cell in lesson.cells)
        assert "<summary>Hint 1</summary>" in text
        assert "<summary>Solution" not in text


def test_a_student_can_check_answers_with_what_is_handed_out(
    handed_out: dict[str, bytes], tmp_path: Path
) -> None:
    for name, content in handed_out.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    code = (
        "import course_utils; print(course_utils.__file__)\n"
        "from course_utils.lessons.pretraining_loss.exercises import check_mean_loss as check\n"
        "print(check(lambda m, s: sum(a * b for a, b in zip(m, s)) / sum(s)))\n"
        "print(check(lambda m, s: sum(m) / len(m)))\n"
    )
    (tmp_path / "try.py").write_text(code)
    command = [sys.executable, "try.py"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    where, right, wrong = shown.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert right.startswith("✓ Right.")
    assert wrong.startswith("✗ Not yet. Here a batch of 1 example")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_sealed_answers_are_those_of_the_package(
    handed_out: dict[str, bytes], path: Path
) -> None:
    room = f"course_utils/lessons/{path.stem[3:]}"
    sealed = io.BytesIO(handed_out[f"{room}/answers.zip"])
    folder = PROJECT_FOLDER / room / "answers"
    with zipfile.ZipFile(sealed) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert inside == {f"answers/{path.name}": path.read_bytes() for path in folder.glob("*.py")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_teacher_gets_solutions_hidden_tests_and_common_errors(
    class_folder: Path, path: Path
) -> None:
    notebook = nbformat.read(class_folder / "teacher" / path.name, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    for exercise in read_exercises(nbformat.read(path, as_version=4)):
        assert exercise.solution in text
        assert exercise.remarks in text
        for name, message in answer_to(path.stem[3:], exercise.name).messages.items():
            assert f"- **{name}**: {message}" in text
    assert "BEGIN HIDDEN TESTS" in text


def test_tests_and_texts_are_locked_and_answers_are_not(class_folder: Path) -> None:
    for path in SOURCES:
        for cell in Course(class_folder).released(path.stem).cells:
            if grade_id(cell):
                is_answer = not grade_id(cell).startswith(("test_", "about_"))
                assert cell.metadata.get("editable", True) == is_answer


def test_a_second_release_changes_nothing(class_folder: Path) -> None:
    made = sorted((class_folder / "nbgrader" / "release").rglob("*.ipynb"))
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in made]
    add_assignments(Course(class_folder))
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in made] == before
