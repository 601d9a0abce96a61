"""One run computed, here or on a worker: a notebook as text in, a record and files as bytes out.

Nothing is written where others read: so workers need no disk in common, and a run that a cluster
computes twice does no harm.
"""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from course_utils.learning.lessons import NOTEBOOKS_FOLDER
from course_utils.notebooks.execution import Executed, Limits, execute_lesson
from course_utils.notebooks.outcomes import read_claims, read_record, read_title
from course_utils.runs.keys import environment_here

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
HIDES_GPUS = {"CUDA_VISIBLE_DEVICES": ""}
RUN = "WORKBOOK_RUN"  # a variable of every kernel: what its run is called


@dataclass(frozen=True)
class Task:
    """What a worker needs to know of a run."""

    key: str
    lesson: str  # name of the notebook without .ipynb
    notebook: str  # its text
    folder: str  # in which it lies here; another machine may lack it
    parameters: Mapping[str, Any]
    leaves: Mapping[str, str]  # as in LessonFacts
    alone: bool  # whether nothing may run beside it
    device: str  # "cuda" needs a GPU, "auto" takes one where there is one
    limits: Limits
    environment: Mapping[str, str]  # as ``environment_here`` says where it was planned
    needs: Mapping[str, Any]  # parameters that may name data, with those that a profile sets


@dataclass(frozen=True)
class Result:
    """What came of a run: its record, and its files by their names."""

    record: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


class OtherEnvironmentError(RuntimeError):
    """A worker has other source, or other versions of packages."""


def compute(task: Task, threads: int, takes_gpu: bool, called: str = "") -> Result:
    """Execute the lesson of ``task`` in a kernel of its own.

    Args:
        task: The run.
        threads: With which its kernel computes.
        takes_gpu: Whether it may use one; else it sees none, so that none is shared by chance.
        called: Is in the variable ``RUN`` of its kernel, by which that is found.

    Raises:
        OtherEnvironmentError: If what it depends on is not here what it was where it was planned.
    """
    if here := differences(task.environment, environment_here()):
        raise OtherEnvironmentError(f"{place_here()} has {here}")
    with TemporaryDirectory(prefix="left-", ignore_cleanup_errors=True) as folder:
        left = Path(folder)
        places = {name: str(left / made) for name, made in task.leaves.items()}
        variables = dict.fromkeys(THREADS, str(threads)) | {RUN: called}
        variables |= {} if takes_gpu else HIDES_GPUS
        executed = execute_lesson(
            nbformat.reads(task.notebook, as_version=4),
            {**task.parameters, **places},
            Path(task.folder) if os.path.isdir(task.folder) else NOTEBOOKS_FOLDER,
            limits=task.limits,
            environment=variables,
        )
        made = {path.relative_to(left).as_posix(): path for path in sorted(left.rglob("*"))}
        files = {name: path.read_bytes() for name, path in made.items() if path.is_file()}
    ending = ".failed.ipynb" if executed.error else ".ipynb"
    text = nbformat.writes(executed.notebook, version=4) + "\n"
    return Result(_record(task, executed, threads), files | {task.lesson + ending: text.encode()})


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Such as ``torch 2.12.1 (wanted: 2.14.1)``, all that is not equal; empty if all is."""
    return ", ".join(
        f"{name} {found.get(name, 'none')} (wanted: {value})"
        for name, value in wanted.items()
        if found.get(name) != value
    )


def place_here() -> str:
    """The machine and the process, to name a worker by."""
    return f"{platform.node()}:{os.getpid()}"


def failure(task: Task, error: str) -> Result:
    """What came of a run that left nothing."""
    return Result(_head(task) | {"error": error, "failed_cell": None, "seconds": 0.0, "place": ""})


def _head(task: Task) -> dict[str, Any]:
    return {
        "key": task.key,
        "lesson": task.lesson,
        "parameters": dict(task.parameters),
        "environment": dict(task.environment),
        "title": task.lesson,
        "headline": None,
        "values": {},
        "claims": [],
    }


def _record(task: Task, executed: Executed, threads: int) -> dict[str, Any]:
    values = read_record(executed.notebook)
    return _head(task) | {
        "title": read_title(executed.notebook) or task.lesson,
        "error": executed.error,
        "failed_cell": executed.failed_cell,
        "headline": values.pop("headline", None),
        "values": values,
        "claims": [vars(claim) for claim in read_claims(executed.notebook)],
        "seconds": round(executed.seconds, 1),
        "place": place_here(),
        "threads": threads,  # with others, the last digits of a sum may be others
    }
