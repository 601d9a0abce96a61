"""Many runs: those that are not finished are computed and kept, and all of them are summed up."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from course_utils.console import from_here
from course_utils.data.plain_text import counted
from course_utils.notebooks.execution import Limits
from course_utils.runs.cluster import Tls, cluster_at
from course_utils.runs.computing import OtherEnvironmentError, Result, Task, compute
from course_utils.runs.local_cluster import local_cluster
from course_utils.runs.page import write_runs_page
from course_utils.runs.plan import Run
from course_utils.runs.progress import Progress
from course_utils.runs.spread import compute_on
from course_utils.runs.stopping import INTERRUPTED
from course_utils.runs.store import Store
from course_utils.runs.summary import Record, summarise, write_table
from course_utils.runs.tasks import tasks_of
from course_utils.runs.workers import ClusterLostError
from course_utils.session.cores import usable_cores

GO_ON = "What is finished is kept; the same command goes on from there."


@dataclass(frozen=True)
class Stop:
    """Why a command ended before all was done, in a sentence, and with which exit code."""

    why: str
    code: int = 1


@dataclass(frozen=True)
class Where:
    """On how many workers of this machine, or on which cluster."""

    num_workers: int = 1
    cluster: str | None = None
    tls: Tls | None = None


def run_many(
    runs: Sequence[Run],
    out: Path,
    limits: Limits,
    where: Where,
    *,
    again: bool = False,
    claims_count: bool = False,
) -> int:
    """Compute what is not finished of ``runs``, and write what all of them came to.

    Args:
        runs: What is asked for.
        out: Folder in which runs are kept, from one command to the next.
        limits: Of time, for each run.
        where: Where to compute.
        again: Whether finished runs are repeated.
        claims_count: Whether a claim that did not hold makes a failure.

    Returns:
        0 if every run is there and ran to its end, and its claims held if they count; else 1.

    Raises:
        ValueError: If something stands against it before work starts.
    """
    tasks, store = tasks_of(runs, limits), Store(out)
    with store.for_one_command():
        todo = [task for task in tasks if again or not _is_finished(store, task)]
        print(f"{counted(len(tasks), 'run')}, {len(tasks) - len(todo)} finished before, "
              f"{len(todo)} to do")  # fmt: skip
        stop = _compute_and_keep(todo, store, where) if todo else None
        records = [record for task in tasks if (record := store.find(task.lesson, task.key))]
        not_summed_up = _sum_up(records, len(tasks), out)
    if stop := stop or not_summed_up:
        print(f"{stop.why} {GO_ON}")
        return stop.code
    return _tell(records, len(tasks), out, claims_count)


def _is_finished(store: Store, task: Task) -> bool:
    record = store.find(task.lesson, task.key)
    return record is not None and record["error"] is None


def _compute_and_keep(todo: Sequence[Task], store: Store, where: Where) -> Stop | None:
    """What stopped it before all were computed; None if nothing did."""
    with Progress(todo) as progress:
        try:
            with closing(_computed(todo, where, progress)) as results:
                for result in results:
                    store.keep(result)
                    progress.kept(result)
        except KeyboardInterrupt:
            return Stop("Stopped.", INTERRUPTED)
        except ClusterLostError:
            return Stop("The scheduler no longer answers.")
        except OtherEnvironmentError as error:
            return Stop(f"{error}, other than when this command was given.")
        except OSError as error:
            return Stop(f"{error}.")
    return None


def _sum_up(records: Sequence[Record], num_planned: int, out: Path) -> Stop | None:
    """Write table and page; say what stopped that, if anything did."""
    try:
        rows = summarise(records)
        write_table(rows, out / "results.csv")
        write_runs_page(records, rows, num_planned, out / "index.html")
    except OSError as error:
        return Stop(f"{error}.")
    return None


def _computed(tasks: Sequence[Task], where: Where, progress: Progress) -> Iterator[Result]:
    if where.cluster:
        with cluster_at(where.cluster, where.tls) as client:
            yield from compute_on(client, tasks, progress)
    elif where.num_workers > 1:
        with local_cluster(where.num_workers) as client:
            yield from compute_on(client, tasks, progress)
    else:
        for task in tasks:
            progress.show({task.key: "here"})
            yield compute(task, usable_cores(), takes_gpu=True)


def _tell(records: Sequence[Record], num_runs: int, out: Path, claims_count: bool) -> int:
    """Print how it went, and say whether that is a failure."""
    failed = [record for record in records if record["error"]]
    missed = [claim for record in records for claim in record["claims"] if not claim["held"]]
    print(
        f"{len(records) - len(failed)} of {num_runs} ran to their end, {len(failed)} failed, "
        f"{counted(len(missed), 'claim')} did not hold"
    )
    print(f"To read what they came to: {from_here(out / 'index.html')}")
    return int(len(records) < num_runs or bool(failed) or (claims_count and bool(missed)))
