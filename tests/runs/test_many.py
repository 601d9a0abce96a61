"""Many runs, one after another: what stands against them, and how they go on."""

import sys
from pathlib import Path

import pytest

from course_utils.runs.store import Store
from tests.helpers.many_runs import kernels_begun, run, table_of, write_watched

pytestmark = pytest.mark.lessons
GO_ON = "What is finished is kept; the same command goes on from there."
SEEDS = "seed=0..2"


def test_a_folder_that_cannot_be_written_ends_it_with_a_line_and_the_same_command_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = write_watched(tmp_path)
    assert run(lesson, "--sweep", SEEDS, "--out", tmp_path / "undisturbed") == 0
    command = lesson, "--sweep", SEEDS, "--out", tmp_path / "o"
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "90_watched").write_text("in the way")
    assert run(*command) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert "90_watched" in last and last.endswith(GO_ON)
    (tmp_path / "o" / "90_watched").unlink()
    assert run(*command) == 0
    assert table_of(tmp_path / "o") == table_of(tmp_path / "undisturbed")


def test_the_same_command_twice_at_once_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = write_watched(tmp_path), "--sweep", SEEDS, "--out", tmp_path / "o"
    with Store(tmp_path / "o").for_one_command(), pytest.raises(SystemExit) as stop:
        run(*command)
    assert stop.value.code == 2
    assert "another command is keeping its runs in" in capsys.readouterr().err
    assert kernels_begun(tmp_path) == []


@pytest.mark.parametrize("option", ["--workers=2", "--cluster=tcp://127.0.0.1:1"])
def test_without_dask_a_cluster_is_refused_with_the_way_to_get_it(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)  # as where it is not installed
    with pytest.raises(SystemExit):
        run(write_watched(tmp_path), "--sweep", SEEDS, "--out", tmp_path / "o", option)
    last = capsys.readouterr().err.splitlines()[-1]
    assert "pip install -r requirements/dask.txt" in last
    assert kernels_begun(tmp_path) == []
    assert run(write_watched(tmp_path), "--sweep", "seed=0", "--out", tmp_path / "o") == 0


def test_a_claim_that_does_not_hold_is_a_failure_only_where_claims_must_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = write_watched(tmp_path), "--sweep", SEEDS, "--out", tmp_path / "o"
    assert run(*command) == 0
    assert run(*command, "--claims-must-hold") == 1
    assert "3 of 3 ran to their end, 0 failed, 1 claim did not hold" in capsys.readouterr().out
    assert len(kernels_begun(tmp_path)) == 3


def test_source_that_changes_meanwhile_ends_it_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package").mkdir()
    monkeypatch.setattr("course_utils.runs.keys.PACKAGE", tmp_path / "package")
    changes = "(place / 'package' / f'{seed}.py').touch()"
    lesson = write_watched(tmp_path, changes)
    assert run(lesson, "--sweep", SEEDS, "--out", tmp_path / "o") == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert " has course_utils " in last and last.endswith(
        f"other than when this command was given. {GO_ON}"
    )
    assert len(kernels_begun(tmp_path)) == 1
