"""Whether bubblewrap works here is tried out, and what is said of it tells the way out."""

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from classroom import protection
from classroom.grading import Graded
from classroom.protection import has_bubblewrap, why_not_protected
from classroom.reports import write_reports
from course_utils.notebooks.exercise_sources import find_sources, read_exercises

pytestmark = pytest.mark.skipif(os.name != "posix", reason="bubblewrap is for Linux")
UBUNTU_SAYS = "bwrap: setting up uid map: Permission denied"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only folder in which programs are looked for."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    why_not_protected.cache_clear()
    yield folder
    why_not_protected.cache_clear()


def write_bwrap(folder: Path, script: str) -> None:
    """A program of that name for the shell."""
    (folder / "bwrap").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bwrap").chmod(0o755)


def test_where_it_is_missing_it_should_be_installed(programs: Path) -> None:
    said = why_not_protected()
    assert said.startswith("bubblewrap (bwrap) is not here: submissions can read and write")
    assert said.endswith("Install bubblewrap, or grade in an account of its own.")
    assert not has_bubblewrap()


def test_where_it_works_nothing_is_said(programs: Path) -> None:
    write_bwrap(programs, '[ "$*" = "--ro-bind / / --unshare-all true" ]')
    assert why_not_protected() is None
    assert has_bubblewrap()


@pytest.mark.parametrize(
    ("lock", "way_out"),
    [
        ("1\n", "Allow it, until the next start, by sudo sysctl -w kernel.lock=0, or grade"),
        ("0\n", "Ask who runs this system to allow user namespaces, or grade"),
        (None, "Ask who runs this system to allow user namespaces, or grade"),
    ],
)
def test_where_the_system_forbids_it_its_words_and_the_way_out_are_told(
    programs: Path, monkeypatch: pytest.MonkeyPatch, lock: str | None, way_out: str
) -> None:
    if lock is not None:
        (programs / "lock").write_text(lock)
    monkeypatch.setattr(protection, "UBUNTUS_LOCK", programs / "lock")
    write_bwrap(programs, f'echo "{UBUNTU_SAYS}" >&2; exit 1')
    said = why_not_protected()
    assert f"does not let it work ({UBUNTU_SAYS}): submissions can read" in said
    assert way_out in said


def test_a_program_that_fails_without_a_word_is_told_by_its_status(programs: Path) -> None:
    write_bwrap(programs, "exit 3")
    assert "does not let it work (it ends with status 3)" in why_not_protected()


def test_the_report_of_the_class_says_so(programs: Path, tmp_path: Path) -> None:
    source = find_sources()[0]
    nobody = Graded({source.stem: read_exercises(nbformat.read(source, as_version=4))})
    write_reports(nobody, tmp_path)
    assert "Install bubblewrap, or grade" in (tmp_path / "report.html").read_text("utf-8")
    write_bwrap(programs, "exit 0")
    why_not_protected.cache_clear()
    write_reports(nobody, tmp_path)
    assert "bubblewrap" not in (tmp_path / "report.html").read_text("utf-8")
