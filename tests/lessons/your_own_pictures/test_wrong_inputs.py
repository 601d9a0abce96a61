"""Lesson 07 by papermill on what people have: a clear word, and nothing half-written left."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.execution import Limits
from course_utils.runs.once_each import run_lesson
from tests.helpers.copied_pictures import scene
from tests.helpers.picture_files import scramble
from tests.helpers.picture_folders import fill
from tests.lessons.your_own_pictures.sizes import SMALL

pytestmark = pytest.mark.lessons
LIMITS = Limits(cell_seconds=300)


def error_of(tmp_path: Path, folder: Path, **parameters: Any) -> str | None:
    """What stops the lesson on the pictures in ``folder``."""
    (tmp_path / "build").mkdir()
    (lesson,) = find_lessons(["07"])
    given = {
        "dataset": f"folder:{folder}",
        "data_dir": str(tmp_path / "data"),
        "save_to": str(tmp_path / "model"),
        "backbone": "letters",
        "input_sizes": [8],
    }
    return run_lesson(lesson, tmp_path / "build", SMALL | given | parameters, LIMITS).error


def said_by(notebook: Path) -> dict[str, str]:
    """What each cell of an executed notebook printed."""
    return {
        cell["id"]: "".join(output.get("text", "") for output in cell["outputs"])
        for cell in nbformat.read(notebook, as_version=4).cells
        if cell["cell_type"] == "code"
    }


def leftovers(tmp_path: Path) -> list[str]:
    """What a run left that is neither its notebook nor decoded pictures."""
    left = [path.relative_to(tmp_path).parts for path in tmp_path.rglob("*") if path.is_file()]
    return ["/".join(p) for p in left if p[0] not in ("build", "mine") and p[1:2] != ("pictures",)]


def test_two_wrong_parameters_stop_before_any_work(tmp_path: Path) -> None:
    said = error_of(tmp_path, fill(tmp_path / "mine", ["a", "b"], 9), bactch_size=3, seed=-1)
    assert "unknown parameter 'bactch_size'. Did you mean 'batch_size'?" in said
    assert not (tmp_path / "data").exists() and not leftovers(tmp_path)


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    folder = fill(tmp_path / "mine", ["a", "b"], 9)
    scramble(folder / "a" / "3.png")
    assert "a/3.png (damaged, or no picture" in error_of(tmp_path, folder)
    assert not leftovers(tmp_path)


def test_a_class_of_two_pictures_is_named(tmp_path: Path) -> None:
    folder = fill(fill(tmp_path / "mine", ["a", "b"], 12), ["rare"], 2)
    said = error_of(tmp_path, folder, group_by=None)
    assert "class 'rare' has 2 pictures, too few for training, validation and test" in said
    assert not leftovers(tmp_path)


def test_a_test_part_that_shares_files_with_training_is_told_file_by_file(tmp_path: Path) -> None:
    """One equal picture, and two that were saved anew; each is named, and so is what it costs."""
    for part, numbers in (("train", range(24)), ("test", range(24, 36))):
        for seed in numbers:
            folder = tmp_path / "mine" / part / "ab"[seed % 2]
            folder.mkdir(parents=True, exist_ok=True)
            scene(seed, 40).save(folder / f"{seed}.png")
    (tmp_path / "mine/test/a/again.png").write_bytes((tmp_path / "mine/train/a/0.png").read_bytes())
    for seed in (1, 3):
        scene(seed, 40).save(tmp_path / f"mine/test/b/near{seed}.jpg", quality=80)
    assert error_of(tmp_path, tmp_path / "mine", input_sizes=[32], curve_parts=[2, 3]) is None
    said = said_by(tmp_path / "build" / "07_your_own_pictures.ipynb")
    for line in (
        "test/a/again.png = train/a/0.png (equal: only the first is used)",
        "train/b/1.png ~ test/b/near1.jpg (near copies: all are used",
        "train/b/3.png ~ test/b/near3.jpg (near copies: all are used",
    ):
        assert line in said["copies"], said["copies"]
    assert "n = 15" in said["table"]  # with them
    (without,) = [line for line in said["table"].splitlines() if line.startswith("without 2 near")]
    assert without.endswith("n = 13")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert f"Test accuracy {without}." in card
    assert "Learned from 23 pictures" in card  # the equal one is the test's


def test_what_stands_where_the_model_would_go_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.txt").write_text("mine")
    said = error_of(tmp_path, fill(tmp_path / "mine", ["a", "b"], 9))
    assert "never overwritten" in said
    assert (tmp_path / "model" / "mine.txt").read_text() == "mine"
    assert leftovers(tmp_path) == ["model/mine.txt"]
