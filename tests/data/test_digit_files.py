"""The digits as a folder of PNG files: the same pixels, in blocks, made once."""

import os
from pathlib import Path

import pytest
import torch

from course_utils.data.digit_files import GROUP_BY, find_blocks, write_digits
from course_utils.data.digits import load_digits
from course_utils.data.folder import read_folder


@pytest.mark.slow
def test_the_files_hold_the_digits_and_their_blocks(tmp_path: Path) -> None:
    folder, digits = write_digits(tmp_path), load_digits()
    read = read_folder(folder, 8, group_by=GROUP_BY)
    assert len(read.files) == 1797
    places = torch.tensor([int(file.stem[-4:]) for file in read.files])
    assert (
        (255 * digits.images[places])
        .round()
        .byte()
        .expand(-1, 3, -1, -1)
        .equal(read.examples.images)
    )
    assert digits.labels[places].equal(read.examples.labels)
    blocks = find_blocks(digits.labels)[places]
    for number in blocks.unique():
        assert len(read.examples.groups[blocks == number].unique()) == 1
    assert len(read.examples.groups.unique()) == len(blocks.unique()) == 13


def test_they_are_written_once(tmp_path: Path) -> None:
    some = write_digits(tmp_path) / "0" / "block00_0000.png"
    before = some.stat().st_mtime_ns
    assert write_digits(tmp_path) == some.parents[1]
    assert some.stat().st_mtime_ns == before


def test_a_run_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="could not be made"):
        broken.setattr(os, "replace", no_room)
        write_digits(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_blocks_begin_where_the_digits_come_twice_in_order() -> None:
    run = list(range(10))
    labels = torch.tensor([*run, *run, *run, 5, 3, *run, *run, 7])
    assert find_blocks(labels).tolist() == [0] * 32 + [1] * 21
