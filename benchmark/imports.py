"""Part g: what the package adds to the time of ``import torch``, each in a fresh process."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import nbformat

from benchmark.measurements import Reading, Result, Side, alternate, seconds_of
from benchmark.settings import Settings
from course_utils.files import PROJECT_FOLDER
from course_utils.learning.lessons import find_lessons

OURS = "course_utils"
GOAL = 0.3  # seconds beyond those of torch alone


def lesson_imports(lessons: Sequence[Path]) -> str:
    """An import statement for every module of the package that one of ``lessons`` imports."""
    modules = sorted({name for lesson in lessons for name in _imported(lesson)})
    return f"import {', '.join(modules)}"


def _imported(lesson: Path) -> Iterator[str]:
    for cell in nbformat.read(lesson, as_version=4).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                module = node.module if isinstance(node, ast.ImportFrom) else None
                if module and module.split(".")[0] == OURS:
                    yield module


def run_python(statement: str, settings: Settings, *options: str) -> str:
    """Run ``statement`` in a fresh Python and return what it wrote to standard error."""
    command = [sys.executable, *options, "-c", statement]
    finished = subprocess.run(
        command, env=settings.environment(), cwd=PROJECT_FOLDER, capture_output=True, text=True
    )
    if finished.returncode:
        raise ValueError(f"{statement!r} fails: {finished.stderr.strip().splitlines()[-1]}")
    return finished.stderr


def costliest(ours: str, other: str, settings: Settings, count: int = 5) -> str:
    """What ``ours`` spends most seconds on beyond what ``other`` loads, and who asks for it.

    Each module counts for the outermost foreign package that brought it in, and that package for
    the module of ours that asked first.
    """
    known = {name for _, name, _ in _import_times(other, settings)}
    seconds: Counter[str] = Counter()
    above: list[tuple[int, str, str]] = []  # depth, name and whom it counts for
    # A module is listed after those that it imports, so read backwards it comes before them.
    for depth, name, own in reversed(list(_import_times(ours, settings))):
        while above and above[-1][0] >= depth:
            above.pop()
        counts_for, package = (above[-1][2] if above else ""), name.split(".")[0]
        if not counts_for and package != OURS:
            asked_by = above[-1][1] if above else "the statement"
            counts_for = f"{package} ({asked_by})"
        above.append((depth, name, counts_for))
        if name not in known:
            seconds[counts_for or name] += own
    return ", ".join(f"{name} {own:.2f} s" for name, own in seconds.most_common(count))


def _import_times(statement: str, settings: Settings) -> Iterator[tuple[int, str, float]]:
    """Each module loaded: how deep in other imports, its name, and its own seconds."""
    lines = run_python(statement, settings, "-X", "importtime").splitlines()
    for line in lines[1:]:
        if line.startswith("import time:"):
            own, _, name = line.removeprefix("import time:").split("|")
            yield len(name) - len(name.lstrip()), name.strip(), float(own) / 1e6


def measure(settings: Settings, other: str = "import torch") -> list[Result]:
    """Seconds of fresh processes that import what the lessons do, and of those with torch alone."""
    ours = lesson_imports(find_lessons(settings.lessons))
    sides = {
        name: Side(lambda _, statement=statement: run_python(statement, settings))
        for name, statement in (("ours", ours), ("other", other))
    }
    alternate(sides, 1)  # fills the disk cache
    turns = alternate(sides, settings.rounds)
    times = {name: seconds_of(each) for name, each in turns.items()}
    extra = [mine - base for mine, base in zip(times["ours"], times["other"], strict=True)]
    note = f"most of it: {costliest(ours, other, settings)}" if median(extra) > GOAL else ""
    what = "all that lessons import of the package"
    return [
        Reading("g", what, "s", times["ours"], note=ours),
        Reading("g", other, "s", times["other"]),
        Reading("g", f"{what}, beyond {other}", "s", extra, at_most=GOAL, note=note),
    ]
