"""Profile "gpu": every lesson runs its code path on the CPU, at sizes that take seconds."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from torchvision.models import resnet18, shufflenet_v2_x0_5

from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.execution import Limits
from course_utils.runs.once_each import run_lesson
from tests.helpers.gpu_profile import run_in_gpu_profile
from tests.helpers.lesson_sizes import sizes_of
from tests.helpers.notebook_files import LESSONS

pytestmark = pytest.mark.lessons

# A small network, which trains three times as fast as a ResNet-18, and one that detectors stand on,
# each with torchvision's name for the file of its weights.
WEIGHTS_FILES = {
    "shufflenetv2_x0.5-f707e7126e.pth": shufflenet_v2_x0_5,
    "resnet18-f37072fd.pth": resnet18,
}
NUM_TRAIN, NUM_TEST = 40, 12  # pictures per class


def write_pictures(folder: Path) -> None:
    """Write three classes in the parts train and test: noise of a colour each, 32 pixels a side."""
    generator = torch.Generator().manual_seed(0)
    for part, count in (("train", NUM_TRAIN), ("test", NUM_TEST)):
        for channel, name in enumerate(("red", "green", "blue")):
            (folder / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = torch.randint(0, 160, (32, 32, 3), generator=generator)
                pixels[..., channel] += 60
                picture = Image.fromarray(pixels.byte().numpy())
                picture.save(folder / part / name / f"{number}.png")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder)
    return folder


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A torch cache with networks that were never trained, as no weights are to be had."""
    home = tmp_path_factory.mktemp("torch")
    (home / "hub" / "checkpoints").mkdir(parents=True)
    torch.manual_seed(0)
    for name, build in WEIGHTS_FILES.items():
        torch.save(build().state_dict(), home / "hub" / "checkpoints" / name)
    return home


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_to_its_end(
    lesson: Path,
    pictures: Path,
    random_weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(random_weights))
    parameters = sizes_of(lesson).SMALL | sizes_of(lesson).GPU_PROFILE
    if hasattr(sizes_of(lesson), "write_dataset"):
        parameters["dataset"] = sizes_of(lesson).write_dataset(tmp_path / "own")
    elif "backbone" in parameters:
        parameters["dataset"] = f"folder:{pictures}"
    if hasattr(sizes_of(lesson), "write_backbone"):
        parameters["backbone"] = sizes_of(lesson).write_backbone(tmp_path / "backbone")
    outcome = run_in_gpu_profile(lesson, tmp_path, parameters)
    assert outcome.error is None
    assert outcome.headline
    if lesson.stem.startswith("02"):
        card = json.loads((tmp_path / "data" / "letters_backbone.json").read_text())
        assert card["architecture"]["width"] == 64  # of the profile; the parameters cell says 16


def test_without_a_gpu_the_profile_says_so_before_any_work(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    (lesson,) = find_lessons(["06"])
    outcome = run_lesson(lesson, tmp_path, {"profile": "gpu"}, Limits(cell_seconds=60))
    assert "torch finds no cuda device" in outcome.error
