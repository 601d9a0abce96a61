"""Lesson 06 as people run it: a folder of photographs and a network trained on ImageNet."""

import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.data.folder import load_folder
from course_utils.files import PROJECT_FOLDER
from course_utils.learning.lessons import find_lessons
from tests.helpers.gpu_profile import run_in_gpu_profile
from tests.lessons.resnet50_on_cifar10.sizes import GPU_PROFILE, SMALL

pytestmark = pytest.mark.lessons

SHARED = PROJECT_FOLDER.parent / "shared" / "data"


def test_lesson_06_on_real_photographs_with_real_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = SHARED / "weights" / "make_torch_home.py"
    if not maker.exists():
        pytest.skip("no ../shared/data with photographs and weights beside the project")
    home, archive = tmp_path / "torch", SHARED / "cifar10_jpg.zip"
    subprocess.run([sys.executable, str(maker), str(home), "resnet18"], check=True)
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(archive), str(tmp_path)], check=True)
    monkeypatch.setenv("TORCH_HOME", str(home))
    sizes = {
        "backbone": "resnet18",
        "train_per_class": 12,
        "val_per_class": 10,
        "test_per_class": 20,
        "habit_size": 96,
    }
    sizes |= {"input_sizes": [48, 64], "budget": 0.2}
    (lesson,) = find_lessons(["06"])
    sizes = SMALL | GPU_PROFILE | sizes | {"dataset": f"folder:{tmp_path / 'cifar10'}"}
    outcome = run_in_gpu_profile(lesson, tmp_path / "out", sizes)
    assert outcome.error is None
    assert len(load_folder(tmp_path / "cifar10", 8, max_per_class=1)) == 2 * 10
    gain = outcome.values["accuracy, size chosen"] - outcome.values["accuracy, as written"]
    assert gain > 0.15, outcome.values
    assert outcome.values["seconds, as written"] > 3 * outcome.values["seconds, size chosen"]
