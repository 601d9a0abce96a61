"""Tensors in files: whole or not there, checked when read, and never run."""

import hashlib
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils.files import DamagedFileError
from course_utils.tensor_files import keep_if_possible, load_tensors, save_tensors

CONTENT = {"weights": torch.arange(300.0), "names": ["a", "b"], "step": 3, "rate": 0.1}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "content.pt"
    save_tensors(CONTENT, path)
    return path


class Trap:
    """What a hostile file holds: unpickled by plain pickle, it runs a command."""

    def __reduce__(self) -> tuple:
        return os.mkdir, ("trapped",)


def test_tensors_come_back_as_they_were(file: Path) -> None:
    content = load_tensors(file)
    assert torch.equal(content.pop("weights"), CONTENT["weights"])
    assert content == {"names": ["a", "b"], "step": 3, "rate": 0.1}


FILL_THE_DISK = """
import resource, sys
from pathlib import Path
import torch
from course_utils.tensor_files import save_tensors
no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
for most_bytes in (0, 100, 5_000, 200_000, 401_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, no_limit[1]))
    try:
        save_tensors({"weights": torch.arange(100_000.0)}, Path(sys.argv[1]))
        said = "nothing"
    except OSError as error:
        said = error
    resource.setrlimit(resource.RLIMIT_FSIZE, no_limit)
    print(said)
"""


@pytest.mark.slow
def test_a_full_disk_is_an_os_error_and_leaves_what_was_there(file: Path) -> None:
    old = file.read_bytes()
    command = [sys.executable, "-W", "error", "-c", FILL_THE_DISK, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert len(said) == 5
    for line in said:
        assert line.startswith(f"content.pt (400.00 KB) could not be written to {file.parent}: ")
        assert "File too large" in line or "is the disk full?" in line
        assert " are free there. " in line and "data_dir" in line
    assert list(file.parent.iterdir()) == [file] and file.read_bytes() == old


def test_what_can_be_computed_again_is_kept_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert keep_if_possible([1, 2], tmp_path / "new" / "kept.pt") is True
    assert load_tensors(tmp_path / "new" / "kept.pt") == [1, 2]
    assert capfd.readouterr() == ("", "")


def test_what_can_be_computed_again_need_not_be_kept(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep_if_possible([1, 2], file / "kept.pt") is False  # a file is no folder
    out = capsys.readouterr().out
    assert out.startswith(f"kept.pt could not be written to {file}: ")
    assert out.endswith("Going on without keeping it.\n")
    assert torch.equal(load_tensors(file)["weights"], CONTENT["weights"])


def test_the_right_checksum_is_accepted_and_another_refused(file: Path) -> None:
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert load_tensors(file, sha256)["step"] == 3
    with pytest.raises(DamagedFileError, match=f"content.pt has SHA-256 {sha256[:16]}.*expected 0"):
        load_tensors(file, "0" * 64)


def test_one_flipped_bit_is_found_by_the_checksum(file: Path) -> None:
    content = bytearray(file.read_bytes())
    sha256 = hashlib.sha256(content).hexdigest()
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DamagedFileError, match="Delete it and get it again"):
        load_tensors(file, sha256)


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_tensors(tmp_path / "none.pt")


@pytest.mark.parametrize("num_bytes", [0, 1, 100, 1000, -1])
def test_a_file_that_was_cut_short_is_refused_in_words(file: Path, num_bytes: int) -> None:
    content = file.read_bytes()[:num_bytes]
    file.write_bytes(content)
    message = rf"content\.pt \({len(content):,} bytes\) cannot be read: cut short"
    with pytest.raises(DamagedFileError, match=message):
        load_tensors(file)


def test_what_is_no_file_of_tensors_is_refused_whatever_it_holds(file: Path) -> None:
    noise = random.Random(0)
    contents = [b"\x80\x02" + noise.randbytes(noise.randrange(60)) for _ in range(200)]
    contents += [b"<!doctype html><title>404 Not Found</title>", pickle.dumps([1, 2, 3])]
    for content in contents:  # torch stops at these with half a dozen kinds of errors
        file.write_bytes(content)
        with pytest.raises(DamagedFileError, match="not a file of tensors"):
            load_tensors(file)


def test_a_file_that_would_run_code_is_refused_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"weights": Trap()}, tmp_path / "trap.pt")
    with pytest.raises(DamagedFileError):
        load_tensors(tmp_path / "trap.pt")
    assert not Path("trapped").exists()
    torch.load(tmp_path / "trap.pt", weights_only=False)  # what the trap does where it can
    assert Path("trapped").exists()
