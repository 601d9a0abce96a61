"""Files that are whole or not there."""

import os
from pathlib import Path

import pytest

from course_utils.files import write_whole


def test_a_file_is_written_into_folders_that_are_made_on_the_way(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "deep" / "file.bin", b"content")
    assert (tmp_path / "new" / "deep" / "file.bin").read_bytes() == b"content"


def test_writing_again_replaces_the_content_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_whole(tmp_path / "file.bin", b"old and longer")
    write_whole(tmp_path / "file.bin", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]
    assert (tmp_path / "file.bin").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_midway_leaves_what_was_there_and_no_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    write_whole(tmp_path / "file.bin", b"old")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="no space left"):
        write_whole(tmp_path / "file.bin", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]
    assert (tmp_path / "file.bin").read_bytes() == b"old"


def test_the_old_content_stays_in_place_until_the_new_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "file.bin", []
    write_whole(path, b"old")
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (seen.append(path.read_bytes()), fsync(number)))
    write_whole(path, b"new")
    assert seen == [b"old"]
