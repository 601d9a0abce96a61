"""How far many runs are, what runs where, and a line for each that ends."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tqdm import tqdm

from course_utils.runs.computing import Result, Task
from course_utils.runs.summary import differing, text_of_setting

SHOWN = 4  # runs named beside the bar


class Progress:
    """A bar over ``tasks``; use it in a ``with`` block."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._names = _names(tasks)
        self._bar = tqdm(total=len(tasks), desc="Runs", unit="run", file=sys.stderr)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: Any) -> None:
        self._bar.close()

    def show(self, running: Mapping[str, str]) -> None:
        """Say beside the bar which runs are computed now, by their keys, and where."""
        texts = [f"{self._names[key]} @ {where}" for key, where in running.items()]
        more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
        # In a file, where a bar is a line each time, it is drawn when a run ends only.
        self._bar.set_postfix_str("; ".join(texts[:SHOWN]) + more, refresh=sys.stderr.isatty())

    def kept(self, result: Result) -> None:
        """Count a run that is kept now, and print what it came to."""
        record = result.record
        seconds, error = record["seconds"], record["error"]
        missed = sum(not claim["held"] for claim in record["claims"])
        came_to = f"FAILED  {error}" if error else record["headline"] or "ran"
        note = f"  [claims that did not hold: {missed}]" if missed else ""
        line = f"{self._names[record['key']]}  {seconds:6.1f} s  {came_to}{note}"
        tqdm.write(line, file=sys.stdout)
        sys.stdout.flush()
        self._bar.update()


def _names(tasks: Sequence[Task]) -> dict[str, str]:
    """By key: the number of the lesson, and what tells its runs apart."""
    telling = {
        lesson: differing([task.parameters for task in tasks if task.lesson == lesson])
        for lesson in {task.lesson for task in tasks}
    }
    names = {}
    for task in tasks:
        shown = {n: v for n, v in task.parameters.items() if n in telling[task.lesson]}
        names[task.key] = f"{task.lesson.split('_')[0]} {text_of_setting(shown)}".strip()
    return names
