"""Part l: the sides that TensorFlow trains, in a process of its own that waits for its turns."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmark.keras_sides import FIT, OWN_LOOP
from benchmark.measurements import Side
from benchmark.settings import Settings
from course_utils.files import PROJECT_FOLDER
from course_utils.lessons.keras_and_tensorflow.task import Task, save_task
from course_utils.models.keras.library import BACKEND_VARIABLE

PATIENCE = 60  # seconds for the process to end by itself


class Asked:
    """A process that does what it is told, line by line.

    Args:
        process: With pipes for what it reads and what it writes.
        log: The file in which it complains.
    """

    def __init__(self, process: subprocess.Popen, log: Path) -> None:
        self.process, self.log = process, log

    def ask(self, name: str, what: str) -> Any:
        """What the process answers to one order.

        Raises:
            RuntimeError: If it ended; with what it said last.
        """
        try:
            self.process.stdin.write(f"{name}: {what}\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise RuntimeError("TensorFlow's process ended:\n" + "\n".join(said[-5:]))
        return json.loads(line)["done"]

    def side_of(self, name: str) -> Side:
        """A turn of one of its trainings; what passes between the processes is a line each way."""
        return Side(
            run=lambda _: self.ask(name, "run"),
            prepare=lambda _: self.ask(name, "prepare"),
            note=lambda worked: worked | {"accuracy": self.ask(name, "accuracy")},
        )


@contextmanager
def tensorflow_sides(
    task: Task, num_epochs: int, threads: int, settings: Settings
) -> Iterator[dict[str, Side]]:
    """Both trainings on TensorFlow, by name, in a process that ends with the ``with`` block."""
    command = [sys.executable, "-m", "benchmark.keras_sides"]
    environment = {**settings.environment(), BACKEND_VARIABLE: "tensorflow"}
    with TemporaryDirectory(prefix="benchmark-") as folder:
        given, log = Path(folder, "task.npz"), Path(folder, "log.txt")
        save_task(given, task, {"num_epochs": np.array(num_epochs)})
        with log.open("wb") as complaints:
            process = subprocess.Popen(
                [*command, str(given), str(threads)], cwd=PROJECT_FOLDER, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
            )  # fmt: skip
        try:
            asked = Asked(process, log)
            yield {name: asked.side_of(name) for name in (FIT, OWN_LOOP)}
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    process.stdin.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
