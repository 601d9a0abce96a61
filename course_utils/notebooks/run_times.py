"""How long each committed lesson takes to run: a small file beside the lessons."""

import json
from pathlib import Path
from typing import TypedDict

from course_utils.files import write_whole
from course_utils.session.cores import usable_cores

FILE_NAME = "run_times.json"


class RunTime(TypedDict):
    """One measurement."""

    seconds: float  # from starting the kernel to the last cell
    cores: int  # that the run could use


def read_run_times(folder: Path) -> dict[str, RunTime]:
    """Run times by name of the lesson; empty if none was measured yet or the file is damaged."""
    try:
        return json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def keep_run_time(lesson: Path, seconds: float, changed: bool) -> None:
    """Note how long ``lesson`` ran if that is news, so that a second run changes no byte.

    Args:
        lesson: The notebook; its folder holds the file.
        seconds: What this run took.
        changed: Whether the notebook's content changed; if not, a time that is known stays.
    """
    known = read_run_times(lesson.parent)
    if lesson.stem in known and not changed:
        return
    known[lesson.stem] = {"seconds": round(seconds, 1), "cores": usable_cores()}
    there = {
        name: known[name] for name in sorted(known) if lesson.with_name(f"{name}.ipynb").exists()
    }
    write_whole(lesson.with_name(FILE_NAME), (json.dumps(there, indent=1) + "\n").encode())
