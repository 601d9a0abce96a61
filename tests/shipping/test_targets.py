"""Where a model folder goes: checked first, there as a whole or not at all."""

import os
import time
from pathlib import Path

import pytest

from course_utils.files import PROJECT_FOLDER
from course_utils.shipping.targets import check_target, find_target, whole_folder


def test_a_relative_place_starts_at_the_project() -> None:
    assert check_target("data/no such model") == PROJECT_FOLDER / "data" / "no such model"
    assert not (PROJECT_FOLDER / "data" / "no such model").exists()


@pytest.mark.parametrize("kind", ["folder", "file", "link to nothing"])
def test_what_stands_there_is_refused_before_any_work(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "my_model"
    makers = {
        "folder": target.mkdir,
        "file": target.touch,
        "link to nothing": lambda: target.symlink_to(tmp_path / "nothing"),
    }
    makers[kind]()
    with pytest.raises(ValueError, match="my_model is there already"):
        check_target(target)
    with pytest.raises(ValueError, match="my_model is there already"), whole_folder(target):
        raise AssertionError("no work begins")


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="file is no folder"):
        check_target(tmp_path / "file" / "my_model")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this account may write anywhere")
def test_a_closed_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="cannot be written"):
        check_target(tmp_path / "my_model")


def test_a_folder_comes_whole(tmp_path: Path) -> None:
    target = tmp_path / "deeper" / "my_model"
    with whole_folder(target) as unfinished:
        (unfinished / "a").write_bytes(b"1")
        assert not target.exists()
    assert (target / "a").read_bytes() == b"1"
    assert os.listdir(tmp_path / "deeper") == ["my_model"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_after_an_error_nothing_is_left(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), whole_folder(tmp_path / "my_model") as unfinished:
        (unfinished / "a").write_bytes(b"1")
        raise error
    assert os.listdir(tmp_path) == []


def test_of_two_runs_at_once_the_first_one_stays(tmp_path: Path) -> None:
    target = tmp_path / "my_model"
    with pytest.raises(ValueError, match="is there already"), whole_folder(target) as late:
        (late / "who").write_text("late", "utf-8")
        with whole_folder(target) as early:
            (early / "who").write_text("early", "utf-8")
    assert (target / "who").read_text("utf-8") == "early"
    assert os.listdir(tmp_path) == ["my_model"]


def test_what_a_killed_run_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    old, young = (tmp_path / f"my_model.{12 * d}.77.part" for d in "ab")
    others = [tmp_path / "my_model.part", tmp_path / "your_model.aaaaaaaaaaaa.77.part"]
    hour_ago = time.time() - 2 * 3600
    for place in (old, young, *others):
        place.mkdir()
        (place / "model.safetensors").touch()
    for place in (old, *others):
        os.utime(place, (hour_ago, hour_ago))
    check_target(tmp_path / "my_model")
    assert sorted(os.listdir(tmp_path)) == sorted(place.name for place in (young, *others))


def test_the_model_goes_to_a_free_place_and_never_over_another(tmp_path: Path) -> None:
    first, held = find_target("", tmp_path, is_built_in=False)
    assert (first, held) == (tmp_path / "my_model", None)
    first.mkdir()
    assert find_target("", tmp_path, is_built_in=False)[0] == tmp_path / "my_model_2"
    with pytest.raises(ValueError, match="never overwritten"):
        find_target(str(first), tmp_path, is_built_in=False)
    place, held = find_target("", tmp_path, is_built_in=True)
    assert place.parent.is_dir()
    held.cleanup()
    assert not place.parent.exists()
