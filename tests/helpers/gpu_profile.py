"""Profile "gpu" where there is no GPU."""

from pathlib import Path
from typing import Any

from course_utils.notebooks.outcomes import Outcome
from course_utils.runs.once_each import run_lesson


def run_in_gpu_profile(lesson: Path, out: Path, parameters: dict[str, Any]) -> Outcome:
    """Run a lesson with profile "gpu" on the CPU."""
    out.mkdir(exist_ok=True)
    given = {"profile": "gpu", "device": "cpu", "data_dir": str(out / "data"), **parameters}
    return run_lesson(lesson, out, given)
