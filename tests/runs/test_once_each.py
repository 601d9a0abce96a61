"""Batch runs of small notebooks, each of which ends in its own way."""

import contextlib
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.execution import Limits
from course_utils.runs.command import main
from course_utils.runs.once_each import run_lesson
from tests.helpers.notebook_files import write_notebook

pytestmark = pytest.mark.lessons

PARAMETERS = ("num_steps = 3  # steps", "parameters")
RECORD = "from course_utils.learning.results import claim, record"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One batch run over notebooks that succeed, fail, exit and kill their kernel."""
    folder, out = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("build")
    good_cells = [
        "claim('one is less than two', 1 < 2)\nclaim('two is less than one', 2 < 1)",
        "import os\nprint(os.getcwd())",
        "record('01_good', 'an early result', accuracy=0.1)",
        "headline = f'accuracy 0.95 after {num_steps} steps'\n"
        "record('01_good', headline, accuracy=0.95, num_steps=num_steps)",
    ]
    title = ("# A good lesson", "markdown")
    lessons = [
        write_notebook(folder / "01_good.ipynb", title, RECORD, PARAMETERS, *good_cells),
        write_notebook(folder / "02_fails.ipynb", PARAMETERS, "raise OSError('no\\nluck')", "1"),
        write_notebook(folder / "03_exits.ipynb", PARAMETERS, "import sys\nsys.exit(0)", "1"),
        write_notebook(folder / "04_dies.ipynb", PARAMETERS, "import os\nos._exit(9)", "1"),
        write_notebook(folder / "05_shows.ipynb", PARAMETERS, ("1 / 0", "raises-exception")),
    ]
    sources = {lesson: lesson.read_bytes() for lesson in lessons}
    (out / "02_fails.ipynb").write_text("from an earlier run that went well")
    with contextlib.redirect_stdout(io.StringIO()) as stdout:
        arguments = ["--out", str(out), "-p", "num_steps", "5"]
        code = main([*map(str, lessons), *arguments])
    results = json.loads((out / "results.json").read_text())
    return SimpleNamespace(
        code=code,
        lines={line.split()[0]: line for line in stdout.getvalue().splitlines()},
        results={result["lesson"]: result for result in results["lessons"]},
        folder=folder,
        out=out,
        sources=sources,
    )


def test_lessons_after_a_failed_one_still_run(run: SimpleNamespace) -> None:
    assert [name for name, result in run.results.items() if result["ok"]] == [
        "01_good",
        "05_shows",
    ]


def test_any_failed_lesson_makes_the_exit_code_one(run: SimpleNamespace) -> None:
    assert run.code == 1


def test_a_lesson_that_runs_makes_the_exit_code_zero(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_good.ipynb", "1 + 1")
    assert main([str(lesson), "--out", str(tmp_path / "build")]) == 0


def test_the_line_of_a_lesson_tells_time_headline_and_missed_claims(run: SimpleNamespace) -> None:
    pattern = r"01_good +\d+\.\d s  accuracy 0.95 after 5 steps  \[claims that did not hold: 1\]"
    assert re.fullmatch(pattern, run.lines["01_good"])


def test_results_hold_the_last_record_and_every_claim(run: SimpleNamespace) -> None:
    good = run.results["01_good"]
    assert good["values"] == {"accuracy": 0.95, "num_steps": 5}
    assert good["claims_held"] == ["one is less than two"]
    assert good["claims_not_held"] == ["two is less than one"]
    assert good["title"] == "A good lesson"
    assert 0 < good["seconds"] < 60


@pytest.mark.parametrize(
    ("lesson", "error"),
    [
        ("02_fails", "OSError: no"),
        ("03_exits", "SystemExit: 0"),
        ("04_dies", "the kernel died"),
    ],
)
def test_a_failure_is_named_and_its_notebook_kept_apart(
    run: SimpleNamespace, lesson: str, error: str
) -> None:
    assert run.results[lesson]["error"].startswith(error)
    assert f"FAILED  {error}" in run.lines[lesson]
    assert f"{lesson}.failed.ipynb" in run.lines[lesson]
    kept = nbformat.read(run.out / f"{lesson}.failed.ipynb", as_version=4)
    assert kept.cells[0].source.startswith(f"**This run failed in code cell 3:** `{error}")
    assert not (run.out / f"{lesson}.ipynb").exists()


def test_a_cell_that_takes_too_long_is_a_failure(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_hangs.ipynb", "import time\ntime.sleep(60)", "1")
    (tmp_path / "build").mkdir()
    outcome = run_lesson(lesson, tmp_path / "build", {}, Limits(cell_seconds=1))
    assert outcome.error == "a cell took longer than 1 s, its limit (--timeout)"
    kept = nbformat.read(tmp_path / "build" / "01_hangs.failed.ipynb", as_version=4)
    assert kept.cells[0].source.startswith("**This run failed in code cell 1:**")


def test_an_error_shown_on_purpose_is_no_failure(run: SimpleNamespace) -> None:
    assert run.results["05_shows"]["error"] is None


def test_lessons_run_in_their_own_folder_and_are_only_read(run: SimpleNamespace) -> None:
    executed = (run.out / "01_good.ipynb").read_text()
    assert f'"{run.folder}\\n"' in executed
    assert {path: path.read_bytes() for path in run.folder.iterdir()} == run.sources


def test_every_lesson_gets_a_page_and_nothing_unfinished_is_left(run: SimpleNamespace) -> None:
    pages = {path.stem for path in run.out.glob("*.html")}
    assert pages == {*run.results, "index"}
    assert not [
        path for path in run.out.iterdir() if "part" in path.suffixes or "part" in path.name
    ]


def test_lessons_are_never_overwritten_by_their_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = write_notebook(tmp_path / "01_good.ipynb", "1 + 1")
    before = lesson.read_bytes()
    with pytest.raises(SystemExit):
        main([str(lesson), "--out", str(tmp_path)])
    assert "another folder than the lessons" in capsys.readouterr().err
    assert lesson.read_bytes() == before


@pytest.mark.parametrize("name", ["num_setps", "epcohs"])
def test_an_unknown_parameter_is_refused_before_anything_runs(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_notebook(tmp_path / "01_good.ipynb", (f"{name} = 1  # n", "parameters"))
    other = write_notebook(tmp_path / "02_other.ipynb", PARAMETERS)
    with pytest.raises(SystemExit) as stop:
        main([str(good), str(other), "--out", str(tmp_path / "build"), "-p", name, "3"])
    assert stop.value.code == 2
    assert f"02_other: unknown parameter '{name}'" in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_a_near_miss_is_met_with_the_right_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = write_notebook(tmp_path / "01_good.ipynb", PARAMETERS)
    with pytest.raises(SystemExit):
        main([str(lesson), "-p", "num_setps", "3"])
    assert "Did you mean 'num_steps'?" in capsys.readouterr().err


def test_lessons_are_found_by_number_name_and_path_and_run_in_reading_order(tmp_path: Path) -> None:
    names = ["00_start.ipynb", "02_b.ipynb", "01_a.ipynb", "notes.ipynb"]
    start, second, first, notes = (write_notebook(tmp_path / name) for name in names)
    assert find_lessons([], tmp_path) == [start, first, second]
    assert find_lessons(["02", "01_a", "notebooks/00_start.ipynb"], tmp_path) == [
        second,
        first,
        start,
    ]
    assert find_lessons([str(notes)], tmp_path) == [notes]
    with pytest.raises(ValueError, match=r"no lesson '07'. There are: 00_start, 01_a, 02_b"):
        find_lessons(["07"], tmp_path)
