"""Every lesson runs through papermill with another seed and other sizes, and its claims hold."""

from pathlib import Path
from typing import Any

import papermill
import pytest

from course_utils.notebooks.execution import Limits
from course_utils.runs.once_each import run_lesson
from tests.helpers.lesson_sizes import data_dir_of, sizes_of
from tests.helpers.notebook_files import LESSONS, write_notebook

pytestmark = pytest.mark.lessons

START = [
    "from course_utils.learning.results import record\n"
    "from course_utils.session.start import start_session",
    ('profile = "cpu"  # p\ndevice = "cpu"  # d\nseed = 0  # s\ndata_dir = "data"  # d\n'
     "epochs = 3  # e", "parameters"),
    "start_session(\n    profile=profile, device=device, seed=seed, data_dir=data_dir,\n"
    "    counts={'epochs': epochs},\n)",
    "record('01_a', f'{epochs} epochs')",
]  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_holds_with_another_seed_and_other_sizes(lesson: Path, tmp_path: Path) -> None:
    parameters = {"seed": 1, "data_dir": data_dir_of(lesson, tmp_path)} | sizes_of(lesson).OTHER
    (tmp_path / "build").mkdir()
    outcome = run_lesson(lesson, tmp_path / "build", parameters)
    assert outcome.error is None, f"{lesson.name}: {outcome.error}"
    assert outcome.headline, f"{lesson.name}: records no result"
    assert outcome.claims_not_held == [], f"{lesson.name} with {parameters}"


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
    outcome = run_lesson(
        lesson, tmp_path / "build", {"epochs": 5, "seed": 2}, Limits(cell_seconds=60)
    )
    assert (outcome.error, outcome.headline) == (None, "5 epochs")


def run_by_papermill_alone(lesson: Path, out: Path, parameters: dict[str, Any]) -> str:
    """Run as a user would who knows papermill only, and give back the message of its error."""
    with pytest.raises(papermill.PapermillExecutionError) as failure:
        papermill.execute_notebook(
            lesson, out / lesson.name, parameters, cwd=lesson.parent, execution_timeout=300,
            progress_bar=False,
        )  # fmt: skip
    return failure.value.evalue
