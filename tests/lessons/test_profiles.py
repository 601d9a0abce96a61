"""Profile "gpu": every lesson runs its code path on the CPU, at sizes that take seconds."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from torchvision.models import shufflenet_v2_x0_5

from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.execution import Limits
from course_utils.runs.once_each import run_lesson
from tests.helpers.gpu_profile import run_in_gpu_profile
from tests.helpers.lesson_sizes import sizes_of
from tests.helpers.notebook_files import LESSONS

pytestmark = pytest.mark.lessons

# Of shufflenet_v2_x0_5, a small network, which trains three times as fast as a ResNet-18.
WEIGHTS_FILE = "shufflenetv2_x0.5-f707e7126e.pth"  # torchvision's name for its weights
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
    """A torch cache with a network that was never trained, as no network is to be had."""
    home = tmp_path_factory.mktemp("torch")
    (home / "hub" / "checkpoints").mkdir(parents=True)
    torch.manual_seed(0)
    torch.save(shufflenet_v2_x0_5().state_dict(), home / "hub" / "checkpoints" / WEIGHTS_FILE)
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
    dataset = {"dataset": f"folder:{pictures}"} if "backbone" in parameters else {}
    outcome = run_in_gpu_profile(lesson, tmp_path, parameters | dataset)
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
