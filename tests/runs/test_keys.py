"""The key of a run changes with all that its result depends on, and with nothing else."""

import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from course_utils.runs import keys
from course_utils.runs.keys import (
    environment_here,
    files_named_by,
    key_of,
    source_hash,
    texts_in,
)

BASE: dict[str, Any] = {
    "notebook": "text",
    "parameters": {"seed": 0, "num_steps": 40},
    "environment": {"course_utils": "abc", "torch": "2.12"},
    "find_files": lambda text: (),
}


def key(**changed: Any) -> str:
    """The key of a run that differs from the usual one in what is named."""
    return key_of(**(BASE | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"notebook": "text "},
        {"parameters": {"seed": 1, "num_steps": 40}},
        {"parameters": {"seed": 0}},
        {"parameters": {"seed": False, "num_steps": 40}},
        {"parameters": {"seed": "0", "num_steps": 40}},
        {"environment": {"course_utils": "abd", "torch": "2.12"}},
        {"environment": {"course_utils": "abc", "torch": "2.13"}},
    ],
)
def test_each_part_changes_the_key(changed: dict[str, Any]) -> None:
    assert key(**changed) != key()


def test_the_order_of_parameters_does_not_change_the_key() -> None:
    assert key(parameters={"num_steps": 40, "seed": 0}) == key()


def test_a_key_is_a_name_for_a_folder_on_every_system() -> None:
    assert len(key()) == 16
    assert set(key()) <= set("0123456789abcdef")


def key_with(pictures: str, **more: Any) -> str:
    """The key of a run with a parameter that may name files."""
    return key(parameters={"pictures": pictures, **more}, find_files=files_named_by)


@pytest.mark.parametrize("written", ["{}", "folder:{}", "{}/*"])
@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a" / "1.png").write_bytes(b"other length"),
        lambda folder: os.utime(folder / "a" / "1.png", ns=(5, 5)),
        lambda folder: (folder / "a" / "2.png").write_bytes(b"new"),
        lambda folder: (folder / "a" / "1.png").unlink(),
        lambda folder: (folder / "a").rename(folder / "b"),
    ],
)
def test_a_change_in_a_named_folder_changes_the_key(
    tmp_path: Path, written: str, change: Callable[[Path], object]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(b"picture")
    (tmp_path / "labels.csv").write_text("1.png,cat")
    before = key_with(written.format(tmp_path))
    assert before == key_with(written.format(tmp_path))
    change(tmp_path)
    assert before != key_with(written.format(tmp_path))


def test_a_named_file_or_one_in_a_list_counts_as_a_folder_does(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("one")
    before = key_with(str(file)), key_with("x", others=["y", str(file)])
    file.write_text("three")
    assert key_with(str(file)) != before[0]
    assert key_with("x", others=["y", str(file)]) != before[1]


@pytest.mark.parametrize("form", ["coco", "voc", "yolo"])
def test_pictures_beside_a_named_file_of_boxes_count(tmp_path: Path, form: str) -> None:
    for name in ("boxes.json", "1.png"):
        (tmp_path / name).write_bytes(b"content")
    named = {name for name, _, _ in files_named_by(f"{form}:{tmp_path / 'boxes.json'}")}
    assert named == {"boxes.json", "1.png"}
    assert [name for name, _, _ in files_named_by(str(tmp_path / "boxes.json"))] == ["boxes.json"]


@pytest.mark.parametrize("name", ["data_dir", "save_to"])
def test_what_lies_where_runs_write_does_not_change_the_key(tmp_path: Path, name: str) -> None:
    before = key_with("letters", **{name: str(tmp_path)})
    (tmp_path / "made.pt").write_bytes(b"made")
    assert key_with("letters", **{name: str(tmp_path)}) == before


def test_texts_are_found_alone_and_in_lists_and_not_where_runs_write() -> None:
    parameters = {"b": ["x", 1, "y"], "a": "z", "n": 3, "data_dir": "d", "save_to": "s"}
    assert list(texts_in(parameters)) == ["z", "x", "y"]


@pytest.mark.parametrize("text", ["", ".", "/", "..", "../..", "letters", "resnet18", "a\0b"])
def test_a_word_that_names_no_file_names_none(text: str) -> None:
    assert files_named_by(text) == ()


def test_a_relative_path_starts_at_the_project() -> None:
    ((name, num_bytes, _),) = files_named_by("requirements.txt")
    assert name == "requirements.txt"
    assert num_bytes == (keys.PROJECT_FOLDER / "requirements.txt").stat().st_size


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for course_utils."""
    (tmp_path / "weights").mkdir()
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "weights" / "w.pt").write_bytes(b"12")
    monkeypatch.setattr(keys, "PACKAGE", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        lambda package: (package / "a.py").write_text("x = 2"),
        lambda package: (package / "weights" / "w.pt").write_bytes(b"13"),
        lambda package: (package / "b.py").write_text(""),
        lambda package: (package / "a.py").rename(package / "b.py"),
    ],
)
def test_any_file_of_the_package_changes_the_source(
    package: Path, change: Callable[[Path], object]
) -> None:
    before = source_hash()
    change(package)
    assert source_hash() != before


def test_compiled_modules_are_no_source(package: Path) -> None:
    before = source_hash()
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.pyc").write_bytes(b"compiled")
    os.utime(package / "a.py", ns=(5, 5))
    assert source_hash() == before


def test_the_environment_names_the_source_and_the_packages_that_compute() -> None:
    environment = environment_here()
    assert environment == {"course_utils": source_hash()} | {
        name: version(name) for name in ("torch", "torchvision", "numpy", "scikit-learn")
    }
