"""A lesson executed in a kernel of its own, through papermill; the lesson itself is only read."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.execute import remove_error_markers

from course_utils.notebooks.engine import ENGINE, KernelNotStartedError, end_what_waits

CELL_SECONDS = 600  # that a cell may take, here and when the notebooks are executed in place
STARTS = 3  # of a kernel, before it counts as one that does not start
NO_START = "the kernel did not start"


@dataclass(frozen=True)
class Limits:
    """Seconds that one cell may take, and all of them together; None for no limit."""

    cell_seconds: int = CELL_SECONDS
    run_seconds: int | None = None


@dataclass(frozen=True)
class Executed:
    """A notebook as it ran; ``error`` is one line on what stopped it, None if nothing did."""

    notebook: NotebookNode
    seconds: float  # from starting the kernel to its end
    error: str | None = None
    failed_cell: int | None = None  # number of the code cell in which it stopped, from 1


@dataclass
class _Clock:
    """What is left to a run of the seconds that it may take."""

    limits: Limits
    started: float = field(default_factory=time.monotonic)

    def for_next_cell(self, cell: NotebookNode) -> int:
        left = [self.limits.cell_seconds, self._left()]
        return max(1, min(seconds for seconds in left if seconds is not None))

    def error(self) -> str:
        left = self._left()
        if left is not None and left <= 0:
            return (
                f"the run took longer than {self.limits.run_seconds} s, its limit (--run-timeout)"
            )
        return f"a cell took longer than {self.limits.cell_seconds} s, its limit (--timeout)"

    def _left(self) -> int | None:
        if self.limits.run_seconds is None:
            return None
        return round(self.limits.run_seconds - (time.monotonic() - self.started))


def execute_lesson(
    lesson: NotebookNode,
    parameters: Mapping[str, Any],
    folder: Path,
    *,
    limits: Limits = Limits(),
    environment: Mapping[str, str] | None = None,
    shown_as: str | None = None,
) -> Executed:
    """Execute ``lesson`` and say what stopped it, if anything did; it raises no error of its own.

    Where it failed, that stands on top of the notebook.

    Args:
        lesson: Is not changed.
        parameters: Values to inject, by name.
        folder: Where its kernel runs.
        limits: Of time.
        environment: Variables that the kernel sees beside this process's.
        shown_as: What its progress bar is called; None shows none.
    """
    started = time.perf_counter()
    notebook, error = lesson, None
    for _ in range(STARTS):
        notebook, error = _execute(lesson, parameters, folder, limits, environment or {}, shown_as)
        # Of two kernels that start at once, both may find the same port free: one then ends.
        if error is None or not error.startswith(NO_START):
            break
    seconds = time.perf_counter() - started
    notebook = remove_error_markers(notebook)
    error = error or _error_in(notebook)
    if error is None:
        return Executed(notebook, seconds)
    failed_cell = _last_started(notebook)
    text = f"**This run failed in code cell {failed_cell}:** `{error}`"
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))
    return Executed(notebook, seconds, error, failed_cell)


def _execute(
    lesson: NotebookNode,
    parameters: Mapping[str, Any],
    folder: Path,
    limits: Limits,
    environment: Mapping[str, str],
    shown_as: str | None,
) -> tuple[NotebookNode, str | None]:
    """The notebook as far as it ran, and what stopped it other than an error of a cell."""
    kept: list[NotebookNode] = []
    clock = _Clock(limits)
    bar = {"desc": shown_as, "position": 1, "leave": False, "disable": None}
    error = None
    try:
        papermill.execute_notebook(
            nbformat.from_dict(lesson), None, dict(parameters), engine_name=ENGINE,
            request_save_on_cell_execute=False, kernel_name="python3", language="python",
            progress_bar=bar if shown_as else False, kept=kept, folder=folder,
            environment=environment, limit_of=clock.for_next_cell,
        )  # fmt: skip
    except papermill.PapermillExecutionError:
        pass  # may be an error that the lesson shows on purpose: _error_in decides
    except CellTimeoutError:
        error = clock.error()
        end_what_waits()
    except KernelNotStartedError as complaint:
        error = f"{NO_START}: {complaint}"
    except DeadKernelError:
        error = "the kernel died; most often the memory was full"
    except Exception as unknown:  # whatever it was, the lessons after this one are still tried
        error = f"{type(unknown).__name__}: {unknown}".splitlines()[0]
    return (kept[0] if kept else nbformat.from_dict(lesson)), error


def _error_in(notebook: NotebookNode) -> str | None:
    """The error that stopped the lesson, in one line; None if it ran to its end."""
    for cell in notebook.cells:
        if cell.metadata.get("papermill", {}).get("exception"):
            error = next(output for output in cell.outputs if output.output_type == "error")
            return f"{error.ename}: {error.evalue}".splitlines()[0]
    return None


def _last_started(notebook: NotebookNode) -> int:
    """Number of the last code cell that was started.

    What papermill notes about the cells after it is wrong where the kernel died or a cell took too
    long: it calls them completed. Only the time of their start tells.
    """
    return sum(
        cell.cell_type == "code"
        and cell.metadata.get("papermill", {}).get("start_time") is not None
        for cell in notebook.cells
    )
