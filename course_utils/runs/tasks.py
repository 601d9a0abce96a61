"""Runs as tasks: with their keys, and with what a worker must know of them."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from course_utils.notebooks.execution import Limits
from course_utils.notebooks.lesson_facts import LessonFacts, read_facts
from course_utils.runs.computing import Task
from course_utils.runs.keys import environment_here, files_named_by, key_of
from course_utils.runs.plan import Run


def tasks_of(runs: Iterable[Run], limits: Limits) -> list[Task]:
    """The tasks of ``runs``, each key once.

    Raises:
        ValueError: If a run sets a parameter that says where a lesson writes what it makes.
    """
    environment, find_files = environment_here(), cache(files_named_by)
    lessons: dict[Path, tuple[str, LessonFacts]] = {}
    tasks = {}
    for run in runs:
        if run.lesson not in lessons:
            text = run.lesson.read_text(encoding="utf-8")
            lessons[run.lesson] = text, read_facts(nbformat.reads(text, as_version=4))
        text, facts = lessons[run.lesson]
        _refuse_places(run, facts)
        key = key_of(text, run.parameters, environment, find_files)
        tasks[run.lesson, key] = Task(
            key=key,
            lesson=run.lesson.stem,
            notebook=text,
            folder=str(run.lesson.resolve().parent),
            parameters=run.parameters,
            leaves=facts.leaves,
            alone=facts.times_the_machine,
            device=_device(run.parameters),
            limits=limits,
            environment=environment,
            needs=_needs(run.parameters, facts),
        )
    return list(tasks.values())


def _refuse_places(run: Run, facts: LessonFacts) -> None:
    for name in set(facts.leaves) & set(run.parameters):
        raise ValueError(
            f"{name} cannot be set for many runs: what each leaves is kept in its own folder"
        )


def _device(parameters: Mapping[str, Any]) -> str:
    """The device of a run, as lessons set it where no parameter does."""
    return parameters.get("device", "cuda" if parameters.get("profile") == "gpu" else "cpu")


def _needs(parameters: Mapping[str, Any], facts: LessonFacts) -> dict[str, Any]:
    """The parameters of a run, with what its profile sets."""
    profile = facts.gpu_profile if parameters.get("profile") == "gpu" else {}
    return {**profile, **parameters}
