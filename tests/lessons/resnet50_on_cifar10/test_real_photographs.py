"""Lesson 06 as people run it: a folder of photographs and a network trained on ImageNet."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils.files import PROJECT_FOLDER
from course_utils.learning.lessons import find_lessons
from tests.helpers.gpu_profile import run_in_gpu_profile
from tests.lessons.resnet50_on_cifar10.sizes import SMALL

pytestmark = pytest.mark.lessons

SHARED = PROJECT_FOLDER.parent / "shared" / "data"
COUNTS = {"train": (40, 24), "val": (8, 30), "test": (30, 12)}  # cats and dogs: unbalanced


def unpack_photographs(folder: Path) -> Path:
    """Photographs of cats and dogs as train, val and test, each with a mix of its own."""
    archive = SHARED / "photographs.zip"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(archive), str(folder)], check=True)
    for part, counts in COUNTS.items():
        for name, count in zip(("cats", "dogs"), counts, strict=True):
            source = folder / "photographs" / "training_set" / name
            target = folder / "mine" / part / name
            target.mkdir(parents=True)
            for file in sorted(source.glob("*.jpg"))[:count]:  # what is left of them
                file.rename(target / file.name)
    return folder / "mine"


@pytest.mark.parametrize("network", ["resnet18", "resnet50"])
def test_lesson_06_on_photographs_ends_with_the_model_that_validation_chose(
    network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = SHARED / "weights" / "make_torch_home.py"
    if not maker.exists():
        pytest.skip("no ../shared/data with photographs and weights beside the project")
    home = tmp_path / "torch"
    subprocess.run([sys.executable, str(maker), str(home), network], check=True)
    monkeypatch.setenv("TORCH_HOME", str(home))
    sizes = {
        "backbone": network,
        "dataset": f"folder:{unpack_photographs(tmp_path)}",
        "image_size": 64,
        "habit_size": 64,
        "input_sizes": [40, 64],
        "train_per_class": 24,
        "precision": "auto",
    }
    (lesson,) = find_lessons(["06"])
    outcome = run_in_gpu_profile(lesson, tmp_path / "out", SMALL | sizes)
    assert outcome.error is None
    values = outcome.values
    finalists = ("head converged", "size chosen", "unfrozen")
    scores = {name: values[f"validation, {name}"] for name in finalists}
    assert scores[values["final"]] == max(scores.values())
    assert values["accuracy, size chosen"] > 0.75
    # Every picture of the folder's parts answers for something, in the mix that it is there.
    executed = nbformat.read(tmp_path / "out" / lesson.name, as_version=4)
    printed = "\n".join(
        output.text for cell in executed.cells for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )  # fmt: skip
    assert "to learn from: 48 pictures of 2 classes, 24 of each" in printed
    assert (
        "to choose on: 38 pictures of 2 classes, unbalanced: from 8 (cats) to 30 (dogs)" in printed
    )
    assert "SealedTestSet(42 examples, times opened: 1)" in printed
    assert re.search(r"guessing \(always 'cats'\) scores 0\.211", printed)
    assert "n = 42" in outcome.headline
