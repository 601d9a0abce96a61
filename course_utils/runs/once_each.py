"""Every lesson once, one after another, each with a page of what it showed."""

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from tqdm import tqdm

from course_utils.console import from_here
from course_utils.files import write_whole
from course_utils.notebooks.execution import Limits, execute_lesson
from course_utils.notebooks.outcomes import Outcome, read_outcome
from course_utils.notebooks.pages import write_index, write_page


def run_lessons(
    lessons: Sequence[Path], out: Path, parameters: Mapping[str, Any], limits: Limits
) -> list[Outcome]:
    """Run each lesson, failed ones before it or not, and write pages and ``results.json``.

    Args:
        lessons: Notebooks, in the order in which they run.
        out: Folder for the results; made if it is missing.
        parameters: Values to inject, by name.
        limits: Of time, for each lesson.
    """
    out.mkdir(parents=True, exist_ok=True)
    width = max(len(lesson.stem) for lesson in lessons)
    outcomes = []
    with tqdm(lessons, desc="Lessons", unit="lesson", file=sys.stderr) as progress:
        for lesson in progress:
            outcome = run_lesson(lesson, out, parameters, limits)
            outcomes.append(outcome)
            tqdm.write(_summary(outcome, out, width), file=sys.stdout)
            sys.stdout.flush()
            # After every lesson, so that a run that is stopped leaves what it has.
            _write_results(outcomes, parameters, out)
            write_index(outcomes, out / "index.html")
    return outcomes


def run_lesson(
    lesson: Path,
    out: Path,
    parameters: Mapping[str, Any],
    limits: Limits = Limits(),  # noqa: B008  it cannot be changed
) -> Outcome:
    """Run one lesson into ``out``: as ``NAME.ipynb``, or as ``NAME.failed.ipynb``, and a page.

    Raises:
        ValueError: If ``out`` is the folder of the lesson, which would be overwritten.
    """
    if out.resolve() == lesson.resolve().parent:
        raise ValueError("the results must go to another folder than the lessons themselves")
    finished, failed = (out / f"{lesson.stem}{ending}.ipynb" for ending in ("", ".failed"))
    finished.unlink(missing_ok=True)
    failed.unlink(missing_ok=True)
    source = nbformat.read(lesson, as_version=4)
    run = execute_lesson(source, parameters, lesson.parent, limits=limits, shown_as=lesson.stem)
    text = nbformat.writes(run.notebook, version=4) + "\n"
    write_whole(failed if run.error else finished, text.encode())
    write_page(run.notebook, lesson.parent, out / f"{lesson.stem}.html")
    return read_outcome(lesson.stem, run.notebook, run.seconds, run.error)


def _summary(outcome: Outcome, out: Path, width: int) -> str:
    start = f"{outcome.lesson:<{width}}  {outcome.seconds:6.1f} s  "
    if outcome.error:
        where = from_here(out / f"{outcome.lesson}.failed.ipynb")
        return f"{start}FAILED  {outcome.error}  (see {where})"
    num_missed = len(outcome.claims_not_held)
    missed = f"  [claims that did not hold: {num_missed}]" if num_missed else ""
    return f"{start}{outcome.headline or 'ran; it records no result'}{missed}"


def _write_results(outcomes: list[Outcome], parameters: Mapping[str, Any], out: Path) -> None:
    lessons = [{"ok": outcome.error is None} | dataclasses.asdict(outcome) for outcome in outcomes]
    for lesson in lessons:
        del lesson["picture"]  # stands in the index
    results = {"parameters": dict(parameters), "lessons": lessons}
    text = json.dumps(results, indent=1, ensure_ascii=False)
    write_whole(out / "results.json", (text + "\n").encode())
