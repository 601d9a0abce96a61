"""Which runs are asked for: lessons, their parameters, and what is combined."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
import yaml

from course_utils.learning.lessons import find_lessons
from course_utils.runs.values import check_values, read_values
from course_utils.session.parameters import refuse_unknown_parameters

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
    return runs


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


def check_parameters(runs: Iterable[Run]) -> None:
    """Stop before the first run if one sets a parameter that its lesson lacks.

    Raises:
        ValueError: It names the lesson, the parameter, and what there is.
    """
    known: dict[Path, list[str]] = {}
    for run in runs:
        if run.lesson not in known:
            known[run.lesson] = list(papermill.inspect_notebook(run.lesson))
        try:
            refuse_unknown_parameters(run.parameters, known[run.lesson])
        except ValueError as error:
            raise ValueError(f"{run.lesson.stem}: {error}") from error
