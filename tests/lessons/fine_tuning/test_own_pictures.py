"""Lesson 04 on the learner's own pictures: ``folder:PATH`` runs to a result, whatever it shows."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from course_utils.data.digits import load_digits
from course_utils.evaluation.scores import wilson_interval
from course_utils.files import PROJECT_FOLDER
from course_utils.learning.lessons import NOTEBOOKS_FOLDER
from course_utils.notebooks.outcomes import Outcome
from course_utils.runs.once_each import run_lesson
from tests.helpers.picture_files import noise

pytestmark = pytest.mark.lessons

LESSON = NOTEBOOKS_FOLDER / "04_fine_tuning.ipynb"
PHOTOGRAPHS = PROJECT_FOLDER.parent / "shared" / "data" / "cifar10_jpg.zip"
NUM_PER_CLASS = 40
SIZES: dict[str, Any] = {
    "seed": 1,
    "labels_per_class": [2, 10],
    "num_seeds": 3,
    "num_steps": 40,
    "head_rates": [0.03, 0.1],
    "learning_rates": [0.001, 0.01],
    "tuning_labels": 5,
    "tuning_seeds": 2,
    "num_letters": 200,
}
HELPS = "careful, over all label counts: better than from scratch"


def run_on(folder: Path, image_size: int, **sizes: Any) -> Outcome:
    """Run the lesson on the pictures in ``folder``, with results beside it."""
    out = folder.parent / "build"
    out.mkdir()
    parameters = SIZES | {
        "dataset": f"folder:{folder}",
        "image_size": image_size,
        "data_dir": str(folder.parent / "data"),
    }
    parameters |= sizes
    return run_lesson(LESSON, out, parameters)


def write_digits(folder: Path) -> None:
    """Write ``NUM_PER_CLASS`` pictures of each digit as PNG files, grey, 8x8."""
    digits = load_digits()
    for label, name in enumerate(digits.class_names):
        (folder / name).mkdir(parents=True)
        for number, image in enumerate(digits.images[digits.labels == label][:NUM_PER_CLASS]):
            pixels = image[0].mul(255).round().byte().numpy()
            Image.fromarray(pixels).save(folder / name / f"{number:03d}.png")


def unpack_photographs(folder: Path) -> None:
    """Unpack ``NUM_PER_CLASS`` training pictures of each class, as class folders."""
    taken: dict[str, int] = {}
    with zipfile.ZipFile(PHOTOGRAPHS) as archive:
        for name in sorted(archive.namelist()):
            class_name = Path(name).parent.name
            in_training = Path(name).parent.parent.name == "train"
            if not in_training or taken.get(class_name, 0) == NUM_PER_CLASS:
                continue
            taken[class_name] = taken.get(class_name, 0) + 1
            (folder / class_name).mkdir(parents=True, exist_ok=True)
            (folder / class_name / Path(name).name).write_bytes(archive.read(name))


def write_copied_noise(folder: Path) -> None:
    """Write 24 pictures of noise in each of two classes, each five times under other names."""
    for number in range(48):
        name = "ab"[number % 2]
        (folder / name).mkdir(parents=True, exist_ok=True)
        picture = noise(6, 6, number).resize((32, 32), Image.Resampling.BILINEAR)
        for copy in range(3):
            picture.save(folder / name / f"{number} ({copy}).png")
        picture.save(folder / name / f"{number}.jpg", quality=90)
        ImageOps.mirror(picture).save(folder / name / f"{number} mirrored.png")


def test_copies_of_noise_end_at_guessing(tmp_path: Path) -> None:
    write_copied_noise(tmp_path / "pictures")
    outcome = run_on(tmp_path / "pictures", image_size=16, labels_per_class=[30])
    assert outcome.error is None
    num_test = int(re.search(r"n = (\d+)", outcome.headline)[1])
    low, high = wilson_interval(num_test // 2, num_test, confidence=0.999)
    # Copies across the parts, or labels of mirrored pictures, would give all of them away.
    for way in ("from scratch", "frozen", "one rate", "careful"):
        assert low < outcome.values[f"{way} at 30 labels"] < high


def test_letters_help_on_digits_from_a_folder(tmp_path: Path) -> None:
    write_digits(tmp_path / "pictures")
    outcome = run_on(tmp_path / "pictures", image_size=8)
    assert outcome.error is None
    assert "10 labels per class" in outcome.headline
    assert outcome.values["careful at 10 labels"] > outcome.values["from scratch at 10 labels"]
    assert HELPS in outcome.claims_held


def test_photographs_end_in_a_result_that_says_what_letters_are_worth(tmp_path: Path) -> None:
    if not PHOTOGRAPHS.exists():
        pytest.skip(f"no ../shared/data/{PHOTOGRAPHS.name} beside the project")
    unpack_photographs(tmp_path / "pictures")
    outcome = run_on(tmp_path / "pictures", image_size=8)
    assert outcome.error is None
    assert "10 labels per class" in outcome.headline
    assert HELPS in outcome.claims_held + outcome.claims_not_held
    # Ten classes; far less than one in three right is what so few small photographs allow.
    for way in ("from scratch", "frozen", "one rate", "careful"):
        assert 0.05 < outcome.values[f"{way} at 10 labels"] < 0.5
