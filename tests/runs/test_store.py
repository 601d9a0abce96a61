"""The folder that keeps runs: whole or not there, and for one command at a time."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from course_utils.runs.computing import Result
from course_utils.runs.store import RECORD, Store
from tests.helpers.run_records import record_of

KEY = record_of(3)["key"]
NOTEBOOK = "90_tiny.ipynb"


def result(**more: object) -> Result:
    """What came of a run with seed 3: a notebook and a model."""
    return Result(record_of(3, **more), {NOTEBOOK: b"{}", "my_model/weights.pt": b"123"})


def files_of(store: Store) -> dict[str, bytes]:
    """All that lies in the store."""
    found = [path for path in store.folder.rglob("*") if path.is_file()]
    return {path.relative_to(store.folder).as_posix(): path.read_bytes() for path in found}


def test_a_kept_run_is_found_with_its_files(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    assert store.find("90_tiny", KEY) is None
    store.keep(result(values={"x": 0.1, "word": "ü"}))
    assert store.find("90_tiny", KEY) == record_of(3, values={"x": 0.1, "word": "ü"})
    files = files_of(store)
    assert set(files) == {
        f"90_tiny/{KEY}/{name}" for name in (RECORD, NOTEBOOK, "my_model/weights.pt")
    }
    assert files[f"90_tiny/{KEY}/my_model/weights.pt"] == b"123"
    assert store.find("91_other", KEY) is None


def test_what_came_before_in_its_place_is_gone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(Result(record_of(3, error="no"), {"90_tiny.failed.ipynb": b"{}"}))
    store.keep(result())
    assert not (store.place("90_tiny", KEY) / "90_tiny.failed.ipynb").exists()
    assert store.find("90_tiny", KEY)["error"] is None


@pytest.mark.parametrize("content", [None, b"", b'{"error": nu', b"\xff"])
def test_a_half_written_run_is_not_there(tmp_path: Path, content: bytes | None) -> None:
    store = Store(tmp_path)
    store.keep(result())
    record = store.place("90_tiny", KEY) / RECORD
    record.unlink() if content is None else record.write_bytes(content)
    assert store.find("90_tiny", KEY) is None


def test_a_run_that_cannot_be_written_leaves_what_stood_in_its_place(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no limits of this kind")
    store = Store(tmp_path)
    store.keep(result())
    stood, before = files_of(store), resource.getrlimit(resource.RLIMIT_FSIZE)
    # Every file but the last is short enough, as on a disk that fills up.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match=r"run\.json .* could not be written to .*; .* free"):
            store.keep(result(error="a new result, that failed"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files_of(store) == stood
    store.keep(result(error="a new result, that failed"))
    assert store.find("90_tiny", KEY)["error"] == "a new result, that failed"
    assert len(files_of(store)) == len(stood)


def test_of_two_commands_the_second_is_told_to_wait_and_the_next_is_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    with store.for_one_command():
        with pytest.raises(ValueError, match="another command is keeping its runs in"):
            Store(tmp_path / "runs").for_one_command().__enter__()
        with Store(tmp_path / "others").for_one_command():
            pass
    with store.for_one_command():
        pass


def test_a_lock_that_a_killed_command_left_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("left")
    with Store(tmp_path).for_one_command(), pytest.raises(TimeoutError):
        FileLock(tmp_path / ".lock", timeout=0).acquire()


def test_a_record_is_read_as_it_was_written_by_whoever(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(result())
    text = (store.place("90_tiny", KEY) / RECORD).read_text(encoding="utf-8")
    assert json.loads(text) == record_of(3)
    assert text.endswith("\n")
