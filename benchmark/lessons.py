"""Parts e and f: from the start of the kernel to the first figure, and the peak of memory.

Each lesson runs once, as papermill would run it, on a copy in memory: files that it writes go to
a temporary folder, and nothing in the project changes.
"""

import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from benchmark.measurements import Reading, Result, Skipped
from benchmark.settings import Settings
from course_utils.learning.lessons import find_lessons

SECONDS_BETWEEN_SAMPLES = 0.05
TIMEOUT = 1200  # seconds that one cell may take


def memory_of(process: psutil.Process) -> int:
    """Bytes in memory of ``process`` and of all that it started; 0 once it is gone."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for member in family:
        with suppress(psutil.NoSuchProcess):  # it may end meanwhile
            total += member.memory_info().rss
    return total


class PeakMemory:
    """Watches a process from another thread; ``peak`` is the most bytes that were seen."""

    def __init__(self) -> None:
        self.peak, self._stop, self._watcher, self._process = 0, threading.Event(), None, None

    def start(self, pid: int) -> None:
        """Begin to watch the process with number ``pid``."""
        self._process = psutil.Process(pid)

        def watch() -> None:
            while not self._stop.wait(SECONDS_BETWEEN_SAMPLES):
                self.look()

        self._watcher = threading.Thread(target=watch, daemon=True)
        self._watcher.start()

    def look(self) -> None:
        """Look now, between the samples of the watch."""
        if self._process is not None:
            self.peak = max(self.peak, memory_of(self._process))

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()
        if self._watcher:
            self._watcher.join()


class MeasuredClient(NotebookClient):
    """Runs a notebook and notes when its first picture arrived and how much memory it took."""

    def __init__(self, notebook: NotebookNode, **options: Any) -> None:
        super().__init__(notebook, **options)
        self.memory, self.first_picture = PeakMemory(), None

    async def async_start_new_kernel(self, **options: Any) -> None:
        """Start the kernel, and to watch it."""
        self.started = time.perf_counter()
        await super().async_start_new_kernel(**options)
        self.memory.start(self.km.provisioner.pid)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Look whether the message carries a picture, then treat it as always."""
        if self.first_picture is None and "image/png" in msg["content"].get("data", {}):
            self.first_picture = time.perf_counter() - self.started
        self.memory.look()  # the last cells may end before the next sample
        return super().process_message(msg, cell, cell_index)


def inject_parameters(notebook: NotebookNode, **values: Any) -> None:
    """Add a cell that sets ``values`` where papermill would: after that tagged ``parameters``."""
    lines = ["# Parameters", *(f"{name} = {value!r}" for name, value in values.items())]
    tagged = [
        number
        for number, cell in enumerate(notebook.cells)
        if "parameters" in cell.metadata.get("tags", [])
    ]
    place = tagged[0] + 1 if tagged else 0
    notebook.cells.insert(place, nbformat.v4.new_code_cell("\n".join(lines) + "\n"))


def run_lesson(lesson: Path, settings: Settings) -> MeasuredClient:
    """Run ``lesson`` once to its end, and leave the file as it is.

    Raises:
        ValueError: If it fails; it says how.
    """
    notebook = nbformat.read(lesson, as_version=4)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as data_dir:
        inject_parameters(notebook, data_dir=data_dir)
        client = MeasuredClient(
            notebook,
            kernel_name="python3",
            timeout=TIMEOUT,
            extra_arguments=["--log-level=50"],  # no warning about encryption per kernel
            resources={"metadata": {"path": str(lesson.parent)}},
        )
        try:
            client.execute(env=settings.environment())
        except CellExecutionError as error:
            raise ValueError(f"{error.ename}: {error.evalue}".splitlines()[0]) from error
        except (CellTimeoutError, DeadKernelError) as error:
            raise ValueError(f"{type(error).__name__}: the kernel died or was too slow") from error
        finally:
            client.memory.stop()
    return client


def measure(settings: Settings) -> list[Result]:
    """Seconds to the first figure (part e) and peak memory (part f) of each lesson."""
    results: list[Result] = []
    for lesson in find_lessons(settings.lessons):
        name = lesson.stem
        try:
            client = run_lesson(lesson, settings)
        except ValueError as error:
            results += [Skipped(part, name, str(error)) for part in "ef"]
            continue
        if client.first_picture is None:
            results.append(Skipped("e", name, "it shows no figure"))
        else:
            results.append(Reading("e", name, "s to the first figure", [client.first_picture]))
        results.append(Reading("f", name, "MB at most", [client.memory.peak / 1e6]))
    return results
