"""Profile "gpu": every lesson runs its code path on the CPU, at sizes that take seconds."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from small_sizes import SMALL
from torchvision.models import shufflenet_v2_x0_5

from course_utils.batch import run_lesson
from course_utils.data.folder import load_folder
from course_utils.files import PROJECT_FOLDER
from course_utils.lessons import Outcome, find_lessons

pytestmark = pytest.mark.lessons

BACKBONE = "shufflenet_v2_x0_5"  # a small one, which trains three times as fast as a ResNet-18
WEIGHTS_FILE = "shufflenetv2_x0.5-f707e7126e.pth"  # torchvision's name for its weights
SHARED = PROJECT_FOLDER.parent / "shared" / "data"
NUM_TRAIN, NUM_TEST = 40, 12  # pictures per class
PHOTOGRAPHS = {"backbone": BACKBONE, "input_size": 32}
FEW_LABELS = {"val_fraction": 0.3, "labels_per_class": [1, 4]}
SIZES: dict[str, dict[str, Any]] = SMALL | {
    # The profile's own width makes each step slow: few pictures in it.
    "02": SMALL["02"] | {"batch_size": 16, "num_epochs": 2, "steps_per_epoch": 3},
    "03": SMALL["03"] | PHOTOGRAPHS | FEW_LABELS | {"few_labels": 2},
    "04": SMALL["04"] | PHOTOGRAPHS | FEW_LABELS | {"precision": "auto", "num_seeds": 2},
    "05": SMALL["05"] | PHOTOGRAPHS | {"num_val": 30, "num_epochs": 3},
    "06": SMALL["06"]
    | {
        "backbone": BACKBONE,
        "precision": "auto",
        "habit_size": 40,
        "input_sizes": [32, 48],
    },
}


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


def run_profile(number: str, out: Path, parameters: dict[str, Any]) -> Outcome:
    """Run a lesson with profile "gpu" on the CPU."""
    out.mkdir(exist_ok=True)
    (lesson,) = find_lessons([number])
    given = {"profile": "gpu", "device": "cpu", "data_dir": str(out / "data"), **parameters}
    return run_lesson(lesson, out, given, timeout=120)


@pytest.mark.parametrize("number", SIZES)
def test_a_lesson_runs_to_its_end(
    number: str,
    pictures: Path,
    random_weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(random_weights))
    dataset = {"dataset": f"folder:{pictures}"} if "backbone" in SIZES[number] else {}
    outcome = run_profile(number, tmp_path, SIZES[number] | dataset)
    assert outcome.error is None
    assert outcome.headline
    if number == "02":
        card = json.loads((tmp_path / "data" / "letters_backbone.json").read_text())
        assert card["architecture"]["width"] == 64  # of the profile; the parameters cell says 16


def test_without_a_gpu_the_profile_says_so_before_any_work(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    (lesson,) = find_lessons(["06"])
    outcome = run_lesson(lesson, tmp_path, {"profile": "gpu"}, timeout=60)
    assert "torch finds no cuda device" in outcome.error


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
    outcome = run_profile(
        "06", tmp_path / "out", SIZES["06"] | sizes | {"dataset": f"folder:{tmp_path / 'cifar10'}"}
    )
    assert outcome.error is None
    assert len(load_folder(tmp_path / "cifar10", 8, max_per_class=1)) == 2 * 10
    gain = outcome.values["accuracy, size chosen"] - outcome.values["accuracy, as written"]
    assert gain > 0.15, outcome.values
    assert outcome.values["seconds, as written"] > 3 * outcome.values["seconds, size chosen"]
