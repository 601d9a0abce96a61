"""The learner's file: kept whole, deleted without harm, written only where a person is there."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_utils.session import learner


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the file, and somebody in front of the notebook."""
    monkeypatch.setattr(learner, "_folder", tmp_path / "data")
    monkeypatch.setattr(learner, "is_live", lambda: True)
    return tmp_path / "data"


def test_nothing_is_remembered_at_first(folder: Path) -> None:
    assert all(learner.remembered(kind) == {} for kind in learner.KINDS)
    assert not folder.exists()


def test_what_is_kept_is_remembered_by_kind_and_name(folder: Path) -> None:
    learner.keep("guesses", "01 loss", {"guess": 2.0})
    learner.keep("quizzes", "01 loss", {"tries": 1})
    learner.keep("guesses", "02 loss", {"guess": 1.0})
    assert learner.remembered("guesses") == {"01 loss": {"guess": 2.0}, "02 loss": {"guess": 1.0}}
    assert learner.remembered("quizzes") == {"01 loss": {"tries": 1}}
    assert [path.name for path in folder.iterdir()] == ["progress.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b'{"guesses": 3}', b"null"])
def test_a_damaged_file_costs_what_it_held_and_nothing_else(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "progress.json").write_bytes(content)
    assert learner.remembered("guesses") == {}
    learner.keep("guesses", "01 loss", 2.0)
    assert learner.remembered("guesses") == {"01 loss": 2.0}


def test_an_interrupted_write_leaves_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.keep("lessons", "01", "done")

    def cut(source: str, target: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        learner.keep("lessons", "02", "done")
    assert learner.remembered("lessons") == {"01": "done"}
    assert [path.name for path in folder.iterdir()] == ["progress.json"]


def test_what_it_holds_survives_deleting_the_file(folder: Path) -> None:
    learner.keep("lessons", "01", "done")
    (folder / "progress.json").unlink()
    assert learner.remembered("lessons") == {}
    learner.keep("lessons", "02", "done")
    assert json.loads((folder / "progress.json").read_text())["lessons"] == {"02": "done"}


def test_a_folder_that_cannot_be_written_stops_no_lesson(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    monkeypatch.setattr(learner, "_folder", tmp_path / "data")
    learner.keep("lessons", "01", "done")
    assert "could not be kept in data/" in capsys.readouterr().out


def test_an_unknown_kind_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"kind must be one of guesses, .*, got 'marks'"):
        learner.keep("marks", "01", 1)


@pytest.mark.parametrize(
    ("metadata", "live"), [({"cellId": "a1"}, True), ({}, False), (None, False)]
)
def test_a_person_is_there_where_the_front_end_names_the_cell(
    monkeypatch: pytest.MonkeyPatch, metadata: dict | None, live: bool
) -> None:
    parent = {} if metadata is None else {"metadata": metadata}
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: parent))
    monkeypatch.setattr(learner, "get_ipython", lambda: shell)
    assert learner.is_live() is live


def test_nobody_is_there_in_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "get_ipython", lambda: None)
    assert not learner.is_live()
