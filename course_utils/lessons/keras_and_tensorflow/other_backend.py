"""The lesson's numbers on TensorFlow, in a process of its own: one file goes in, one comes out."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from course_utils.lessons.keras_and_tensorflow.report import Report, report
from course_utils.lessons.keras_and_tensorflow.task import Task, load_task, save_task
from course_utils.models.keras.library import BACKEND_VARIABLE

HOW = "how"  # the name under which rate and epochs are passed on
LIMIT = 600  # seconds; on two idle cores it takes half a minute
NO_TENSORFLOW = (
    "TensorFlow is not installed here; it would compute them: "
    "pip install -r requirements/tensorflow.txt"
)


def has_tensorflow() -> bool:
    """Whether TensorFlow is installed; it is not imported."""
    return find_spec("tensorflow") is not None


def run_on_tensorflow(
    task: Task,
    torch_side: Mapping[str, np.ndarray],
    rate: float,
    num_epochs: int,
    scratch_epochs: int,
) -> Report:
    """``report`` as Keras on TensorFlow computes it, in a second process; arguments as there.

    Raises:
        RuntimeError: If that process fails; with what it said last.
    """
    with TemporaryDirectory() as folder:
        given, found = Path(folder, "task.npz"), Path(folder, "report.json")
        how = np.array([rate, num_epochs, scratch_epochs])
        save_task(given, task, {**torch_side, HOW: how})
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(given), str(found)],
            env={**os.environ, BACKEND_VARIABLE: "tensorflow"},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode:
            last = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise RuntimeError(f"Keras on TensorFlow failed in its own process:\n{last}")
        return json.loads(found.read_text(encoding="utf-8"))


def main(given: str, found: str) -> None:
    """Read the file ``given``, measure, and write the file ``found``."""
    task, more = load_task(Path(given))
    rate, *epochs = more.pop(HOW).tolist()
    result = report(task, more, rate, *map(int, epochs))
    Path(found).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
