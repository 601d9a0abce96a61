"""What commands print where some characters cannot be shown; the files they write lack none."""

import ntpath
import os
from pathlib import Path

import pytest

from course_utils.console import from_here
from tests.helpers.commands import printed_by
from tests.helpers.notebook_files import write_notebook
from tests.helpers.site_files import make_project

WORDS = "ein Häkchen ✓, ein Integral ∫"  # cp1252 has the first letter and neither sign
every_encoding = pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "ein H?kchen ?, ein Integral ?"),
        ("cp1252", "ein Häkchen ?, ein Integral ?"),
        ("utf-8", WORDS),
    ],
)


@pytest.mark.lessons
@every_encoding
def test_a_batch_run_prints_what_it_can_and_keeps_all(
    tmp_path: Path, encoding: str, shown: str
) -> None:
    record = f"from course_utils.learning.results import record\nrecord('01_a', {WORDS!r})"
    lesson = write_notebook(tmp_path / "01_a.ipynb", (f"# {WORDS}", "markdown"), record)
    out = tmp_path / "build ∫"
    printed = printed_by(encoding, "course_utils.batch", str(lesson), "--out", str(out))
    assert shown in printed
    for name in ("results.json", "index.html", "01_a.html", "01_a.ipynb"):
        assert WORDS in (out / name).read_text(encoding="utf-8"), name


@pytest.mark.lessons
@every_encoding
def test_a_refresh_prints_what_it_can_and_keeps_all(
    tmp_path: Path, encoding: str, shown: str
) -> None:
    lesson = write_notebook(tmp_path / f"01_{WORDS}.ipynb", f"print({WORDS!r})")
    printed = printed_by(encoding, "course_utils.notebooks.refresh", str(lesson))
    assert f"01_{shown}  changed" in printed
    assert lesson.read_text(encoding="utf-8").count(WORDS) == 2


@pytest.mark.site
def test_the_site_is_built(tmp_path: Path) -> None:
    make_project(tmp_path / "project", f"{WORDS}.")
    out = tmp_path / "build ∫"
    printed = printed_by(
        "ascii", "website", "--project", str(tmp_path / "project"), "--out", str(out)
    )
    assert "build ?" in printed
    assert WORDS in (out / "site" / "01_loss.html").read_text(encoding="utf-8")


def test_the_benchmark_tells_its_options() -> None:
    assert "--threads" in printed_by("ascii", "benchmark", "--help")


def test_a_path_is_shown_from_here_and_whole_on_another_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_here(tmp_path / "build" / "index.html") == os.path.join("build", "index.html")
    monkeypatch.setattr(os.path, "relpath", ntpath.relpath)
    assert from_here(Path("D:build")) == str(Path("D:build").absolute())
