"""Which runs are asked for: lessons, their parameters, and what is combined."""

import difflib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
import yaml

from course_utils.learning.lessons import find_lessons
from course_utils.runs.values import check_values, read_values

PARTS = ("lesson", "parameters", "sweep")  # of an entry in a file of runs
FORM = "a list of runs, each with lesson: and, where wanted, parameters: and sweep:"


@dataclass(frozen=True)
class Run:
    """One lesson with one set of parameters."""

    lesson: Path
    parameters: Mapping[str, Any]


def combine(
    lessons: Iterable[Path], parameters: Mapping[str, Any], sweep: Mapping[str, Sequence[Any]]
) -> list[Run]:
    """A run for each lesson and each combination of the values in ``sweep``, the last fastest."""
    return [
        Run(lesson, {**parameters, **dict(zip(sweep, values, strict=True))})
        for lesson in lessons
        for values in itertools.product(*sweep.values())
    ]


def read_plan(
    path: Path, parameters: Mapping[str, Any], sweep: Mapping[str, Sequence[Any]]
) -> list[Run]:
    """The runs that a YAML file lists; ``parameters`` and ``sweep`` hold for all of them.

    Raises:
        ValueError: If the file is no such list; it says what is wrong in which entry.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path} cannot be read as YAML: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise ValueError(f"{path} must hold {FORM}")
    runs: list[Run] = []
    for number, entry in enumerate(entries, start=1):
        try:
            runs += _read_entry(entry, parameters, sweep)
        except ValueError as error:
            raise ValueError(f"{path}, run {number}: {error}") from error
    return without_twins(runs)


def _read_entry(
    entry: object, parameters: Mapping[str, Any], sweep: Mapping[str, Sequence[Any]]
) -> list[Run]:
    if not isinstance(entry, dict) or "lesson" not in entry:
        raise ValueError(f"an entry needs lesson:, got {entry!r}; the file is {FORM}")
    if unknown := set(entry) - set(PARTS):
        raise ValueError(f"unknown {sorted(map(str, unknown))[0]!r}; there is {', '.join(PARTS)}")
    own, swept = (entry.get(part) or {} for part in ("parameters", "sweep"))
    if not isinstance(own, dict) or not isinstance(swept, dict):
        raise ValueError("parameters: and sweep: are names with values, such as seed: 0..9")
    # YAML reads 02 as a number, and 08 as text.
    named = entry["lesson"]
    lesson = f"{named:02d}" if isinstance(named, int) else str(named)
    lists = {
        name: check_values(value, value) if isinstance(value, list) else read_values(str(value))
        for name, value in swept.items()
    }
    return combine(find_lessons([lesson]), {**parameters, **own}, {**sweep, **lists})


def without_twins(runs: Iterable[Run]) -> list[Run]:
    """The runs, each once."""
    return list({(run.lesson, text_of(run.parameters)): run for run in runs}.values())


def text_of(parameters: Mapping[str, Any]) -> str:
    """The same text for the same values, in whatever order they were given."""
    return json.dumps(dict(parameters), sort_keys=True)


def refuse_unknown_parameters(runs: Iterable[Run]) -> None:
    """Stop a misspelt parameter, which papermill would only warn about.

    Raises:
        ValueError: If a lesson lacks a parameter of its run; it names both and what there is.
    """
    known: dict[Path, list[str]] = {}
    for run in runs:
        if run.lesson not in known:
            known[run.lesson] = list(papermill.inspect_notebook(run.lesson))
        there_are = known[run.lesson]
        for name in run.parameters:
            if name not in there_are:
                close = difflib.get_close_matches(name, there_are, n=1)
                hint = f"Did you mean {close[0]!r}? " if close else ""
                raise ValueError(
                    f"{run.lesson.stem} has no parameter {name!r}. {hint}"
                    f"It has: {', '.join(there_are)}"
                )
