"""Profile "gpu" where there is no GPU."""

from pathlib import Path
from typing import Any

from course_utils.notebooks.outcomes import Outcome
from course_utils.runs.once_each import run_lesson
from tests.helpers.lesson_sizes import data_dir_of


def run_in_gpu_profile(lesson: Path, out: Path, parameters: dict[str, Any]) -> Outcome:
    """Run a lesson with profile "gpu" on the CPU."""
    folder = out / "data"
    folder.mkdir(parents=True)
    data_dir = data_dir_of(lesson, folder)
    given = {"profile": "gpu", "device": "cpu", "data_dir": data_dir, **parameters}
    return run_lesson(lesson, out, given)
