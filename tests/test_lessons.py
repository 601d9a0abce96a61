"""Every lesson runs through papermill with another seed and other sizes, and its claims hold."""

from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from notebook_files import LESSONS, write_notebook

from course_utils.batch import run_lesson

pytestmark = pytest.mark.lessons

# Sizes that run fast and differ from the lesson's own; seed 1 where nothing else is said.
PARAMETERS: dict[str, dict[str, Any]] = {
    "01_pretraining_loss": {
        "num_letters": 1200,
        "head_scales": [0.02, 0.2, 2.0],
        "batch_sizes": [5, 20, 100],
        "num_minibatches": 150,
        "num_steps": 50,
        "learning_rate": 0.4,
        "descent_batch_size": 12,
    },
    "02_pretraining": {
        "num_letters": 8000,
        "num_fresh": 1000,
        "num_epochs": 5,
        "steps_per_epoch": 40,
        "batch_size": 128,
        "learning_rate": 0.1,
        "small_rate": 0.003,
        "large_rate": 12.0,
        "rate_epochs": 8,
        "labels_per_class": 4,
        "num_repeats": 4,
    },
    "03_feature_extraction": {
        "val_fraction": 0.25,
        "drift_steps": 80,
        "num_epochs": 3,
        "labels_per_class": [1, 4, 16],
        "few_labels": 4,
        "num_seeds": 3,
        "head_steps": 150,
        "learning_rates": [0.02, 0.1],
    },
    "04_fine_tuning": {
        "labels_per_class": [2, 20],
        "num_steps": 60,
        "head_fraction": 0.4,
        "learning_rates": [0.001, 0.01, 0.03],
        "tuning_seeds": 2,
        "num_letters": 1200,
    },
    "05_validation": {
        "num_val": 250,
        "num_epochs": 25,
        "label_counts": [1, 4, 12],
        "head_rates": [0.0001, 0.01, 10.0],
        "num_seeds": 3,
        "candidate_counts": [1, 5, 20],
        "val_sizes": [60, 150],
        "num_repeats": 200,
    },
    "06_resnet50_on_cifar10": {
        "train_per_class": 60,
        "test_per_class": 40,
        "input_sizes": [8, 14, 28],
        "timed_pictures": 100,
        "fine_tune_rates": [0.0002, 0.0005],
        "fine_tune_epochs": 3,
        "recipe_steps": 5000,
    },
}

START = [
    "from course_utils.results import record\nfrom course_utils.session import start_session",
    ('profile = "cpu"  # p\ndevice = "cpu"  # d\nseed = 0  # s\ndata_dir = "data"  # d\n'
     "epochs = 3  # e", "parameters"),
    "start_session(\n    profile=profile, device=device, seed=seed, data_dir=data_dir,\n"
    "    counts={'epochs': epochs},\n)",
    "record('01_a', f'{epochs} epochs')",
]  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_holds_with_another_seed_and_other_sizes(lesson: Path, tmp_path: Path) -> None:
    parameters = {"seed": 1, "data_dir": str(tmp_path)} | PARAMETERS.get(lesson.stem, {})
    (tmp_path / "build").mkdir()
    outcome = run_lesson(lesson, tmp_path / "build", parameters, timeout=300)
    assert outcome.error is None, f"{lesson.name}: {outcome.error}"
    assert outcome.headline, f"{lesson.name}: records no result"
    assert outcome.claims_not_held == [], f"{lesson.name} with {parameters}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_sees_an_unknown_parameter_before_any_work(lesson: Path, tmp_path: Path) -> None:
    message = run_by_papermill_alone(lesson, tmp_path, {"epcohs": 3})
    assert "unknown parameter 'epcohs'" in message
    # Imports, parameters, what was injected, the profile, the session.
    assert num_cells_run(tmp_path / lesson.name) == 5


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"epcohs": 3}, "unknown parameter 'epcohs'. Did you mean 'epochs'?"),
        ({"epochs": "three"}, "epochs must be a whole number from 1, got 'three'"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_papermill_alone_fails_on_wrong_parameters(
    tmp_path: Path, parameters: dict[str, Any], message: str
) -> None:
    (tmp_path / "build").mkdir()
    lesson = write_notebook(tmp_path / "01_small.ipynb", *START)
    assert message in run_by_papermill_alone(lesson, tmp_path / "build", parameters)


def test_a_right_parameter_reaches_the_result(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    lesson = write_notebook(tmp_path / "01_small.ipynb", *START)
    outcome = run_lesson(lesson, tmp_path / "build", {"epochs": 5, "seed": 2}, timeout=60)
    assert (outcome.error, outcome.headline) == (None, "5 epochs")


def run_by_papermill_alone(lesson: Path, out: Path, parameters: dict[str, Any]) -> str:
    """Run as a user would who knows papermill only, and give back the message of its error."""
    with pytest.raises(papermill.PapermillExecutionError) as failure:
        papermill.execute_notebook(
            lesson, out / lesson.name, parameters, cwd=lesson.parent, execution_timeout=60,
            progress_bar=False,
        )  # fmt: skip
    return failure.value.evalue


def num_cells_run(path: Path) -> int:
    """How many code cells of an executed notebook were started."""
    notebook = nbformat.read(path, as_version=4)
    return sum(cell.get("execution_count") is not None for cell in notebook.cells)
