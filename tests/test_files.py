"""Files that are whole or not there."""

import errno
import os
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_utils import files
from course_utils.files import (
    folder_of_this_run,
    free_disk,
    one_run_at_a_time,
    size_text,
    write_whole,
)


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


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_write_that_fails_says_where_what_is_free_what_is_needed_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1500))
    with pytest.raises(OSError, match=r"^file\.bin \(4\.00 MB\) could not be written") as caught:
        write_whole(tmp_path / "file.bin", bytes(4_000_000))
    told = str(caught.value)
    assert f" to {tmp_path}: {os.strerror(code)}; 1.50 KB are free there. " in told
    assert "data_dir" in told and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1340, "1.34 KB"),
        (77e6, "77.00 MB"),
        (2e9, "2.00 GB"),
        (3.5e12, "3,500.00 GB"),
    ],
)
def test_sizes_come_in_the_unit_in_which_they_are_numbers_from_1(
    num_bytes: float, text: str
) -> None:
    assert size_text(num_bytes) == text


def test_the_room_of_a_folder_that_is_not_made_yet_is_that_of_the_one_above(
    tmp_path: Path,
) -> None:
    assert abs(free_disk(tmp_path / "new" / "deep") - shutil.disk_usage(tmp_path).free) < 1e9


def test_no_two_runs_are_in_a_block_for_one_file(tmp_path: Path) -> None:
    inside, most = [], []

    def enter(number: int) -> None:
        for _ in range(20):
            with one_run_at_a_time(tmp_path / "new" / "file"):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    runs = [threading.Thread(target=enter, args=(number,)) for number in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(most) == 80 and max(most) == 1
    assert list((tmp_path / "new").iterdir()) == []


def test_a_run_that_was_killed_in_the_block_stops_no_other_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    (tmp_path / "file.lock").mkdir()
    with one_run_at_a_time(tmp_path / "file"):
        write_whole(tmp_path / "file", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_run_has_a_folder_of_its_own_that_goes_with_it(tmp_path: Path) -> None:
    first, second = (folder_of_this_run(tmp_path / "new") for _ in range(2))
    assert first.name != second.name and Path(first.name).parent == tmp_path / "new"
    Path(first.name, "file").write_text("content")
    first.cleanup()
    second.cleanup()
    assert list((tmp_path / "new").iterdir()) == []
