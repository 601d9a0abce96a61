"""Part h: many runs on two workers against one after another, and what a run costs in itself.

Both sides of the first comparison are the same command, into a fresh folder each.
"""

import io
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from benchmark.measurements import Comparison, Reading, Result, Side, Skipped, alternate, seconds_of
from benchmark.settings import Settings
from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.engine import QUIET_KERNEL
from course_utils.notebooks.execution import Limits
from course_utils.runs.local_cluster import local_cluster
from course_utils.runs.many import Where, run_many
from course_utils.runs.plan import Run, combine
from course_utils.runs.spread import compute_on
from course_utils.runs.store import Store
from course_utils.runs.tasks import tasks_of

LESSON = "03"
MOST_ROUNDS = 2  # of the comparison: it takes minutes
NUM_WORKERS = 2
GOAL = 1.7  # times as fast on two workers
OVERHEAD_GOAL = 0.3  # seconds of a run beside those of its kernel


class NoBar:
    """Progress that shows nothing."""

    def show(self, running: object) -> None:
        """Show nothing."""


def measure(settings: Settings) -> list[Result]:
    """Seconds of the same runs on two workers and one after another; the cost of one run."""
    if find_spec("distributed") is None:
        return [Skipped("h", "many runs", "not installed: requirements/dask.txt")]
    sides = {
        name: Side(lambda number, workers=workers: _run_all(settings, workers))
        for name, workers in (("ours", NUM_WORKERS), ("other", 1))
    }
    turns = alternate(sides, min(settings.rounds, MOST_ROUNDS))
    what = f"{settings.num_runs} runs of lesson {LESSON} at small sizes"
    return [
        Comparison("h", what, "s", seconds_of(turns["ours"]), seconds_of(turns["other"]),
                   "one after another", goal=GOAL),
        *_overhead(settings),
    ]  # fmt: skip


def _run_all(settings: Settings, num_workers: int) -> None:
    sweep = {"seed": list(range(settings.num_runs))}
    runs = combine(find_lessons([LESSON]), settings.run_parameters, sweep)
    said = io.StringIO()
    with TemporaryDirectory(prefix="benchmark-") as folder, redirect_stdout(said):
        with redirect_stderr(io.StringIO()):
            failed = run_many(runs, Path(folder), Limits(), Where(num_workers))
        if failed:
            raise ValueError(f"the runs of lesson {LESSON} failed: {said.getvalue()}")


def _overhead(settings: Settings) -> list[Result]:
    """Seconds of an empty run, planned, computed on a worker and kept, beyond a bare kernel's."""
    with TemporaryDirectory(prefix="benchmark-") as folder, local_cluster(1) as client:
        lesson = Path(folder, "01_empty.ipynb")
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), lesson)
        tasks = tasks_of([Run(lesson, {})], Limits())
        store = Store(Path(folder, "runs"))

        def keep_all() -> None:
            for result in compute_on(client, tasks, NoBar()):
                store.keep(result)

        sides = {
            "ours": Side(lambda _: keep_all()),
            "other": Side(lambda _: _bare_kernel(lesson)),
        }
        alternate(sides, 1)  # fills the disk cache
        turns = alternate(sides, settings.rounds)
    times = {name: seconds_of(each) for name, each in turns.items()}
    extra = [mine - base for mine, base in zip(times["ours"], times["other"], strict=True)]
    return [
        Reading("h", "an empty run", "s", times["ours"]),
        Reading("h", "a bare kernel that runs the same", "s", times["other"]),
        Reading("h", "an empty run, beyond a bare kernel", "s", extra, at_most=OVERHEAD_GOAL),
    ]


def _bare_kernel(lesson: Path) -> None:
    client = NotebookClient(nbformat.read(lesson, as_version=4), extra_arguments=QUIET_KERNEL)
    client.execute()
