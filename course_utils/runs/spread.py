"""Runs computed by the workers of a cluster, and their results as they come."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from course_utils.runs.called_off import compute_while_wanted
from course_utils.runs.computing import OtherEnvironmentError, Result, Task, failure
from course_utils.runs.workers import (
    GPU,
    ClusterLostError,
    cores_of,
    first_line,
    have_gpus,
    processing_on,
    refuse_unfit,
    slots_of,
    threads_per_run,
)

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK_EVERY = 1.0  # seconds, to show what runs where


def compute_on(client: Client, tasks: Sequence[Task], progress: Any) -> Iterator[Result]:
    """The results of ``tasks`` as they come, those that must run alone at the end.

    Args:
        client: Of the cluster.
        tasks: All that is to be computed.
        progress: Its ``show(running)`` is told now and then what runs where.

    Raises:
        ValueError: If a worker has other source or versions, or lacks what runs need, or no worker
            has the GPU that one asks for.
        OtherEnvironmentError: If that is so of a worker that came later.
        ClusterLostError: If the scheduler is gone.
    """
    refuse_unfit(client, tasks)
    slots, cores = slots_of(client), cores_of(client)
    together = [task for task in tasks if not task.alone]
    for batch in filter(None, [together, *([task] for task in tasks if task.alone)]):
        threads = threads_per_run(slots, cores, alone=batch[0].alone)
        left = _Left(batch, have_gpus(slots))
        yield from _compute_batch(client, left, threads, progress)


class _Left:
    """Runs that are not submitted yet, those that need a GPU apart from those that do not."""

    def __init__(self, tasks: Sequence[Task], with_gpus: bool) -> None:
        self._tasks: dict[bool, deque[Task]] = {True: deque(), False: deque()}
        for task in tasks:
            takes_gpu = task.device == "cuda" or (task.device == "auto" and with_gpus)
            self._tasks[takes_gpu].append(task)

    def __bool__(self) -> bool:
        return any(self._tasks.values())

    def next_for(self, room: Mapping[bool, int]) -> Iterator[tuple[Task, bool]]:
        """So many runs, each with whether it takes a GPU."""
        for takes_gpu, tasks in self._tasks.items():
            for _ in range(min(room[takes_gpu], len(tasks))):
                yield tasks.popleft(), takes_gpu


def _compute_batch(client: Client, left: _Left, threads: int, progress: Any) -> Iterator[Result]:
    waiting: dict[Future, tuple[Task, bool]] = {}
    results: list[Result] = []
    try:
        while True:
            for task, takes_gpu in left.next_for(_room(client, waiting)):
                waiting[_submit(client, task, threads, takes_gpu)] = task, takes_gpu
            yield from results  # which are written while the workers are at the next
            if not (waiting or left):
                return
            progress.show(_running(client, waiting))
            done = _done(client, waiting)
            results = [_result_of(future, waiting.pop(future)[0]) for future in done]
            for future in done:
                future.release()
    finally:
        for future in waiting:  # which ends them, and waits for nobody
            future.release()


def _room(client: Client, waiting: Mapping[Future, tuple[Task, bool]]) -> dict[bool, int]:
    """How many more runs, with a GPU and without, workers could begin at once; at least one waits.

    No more than that are submitted. A run that waits at a worker would be counted among those that
    died with it, and one that kills its workers would take others with it.
    """
    slots = slots_of(client).values()
    places = {True: sum(gpus for _, _, gpus in slots), False: sum(runs for _, runs, _ in slots)}
    taken = [takes_gpu for _, takes_gpu in waiting.values()]
    return {kind: max(1, number) - taken.count(kind) for kind, number in places.items()}


def _submit(client: Client, task: Task, threads: int, takes_gpu: bool) -> Future:
    return client.submit(
        compute_while_wanted,
        task,
        threads,
        takes_gpu,
        key=f"{task.lesson}-{task.key}-{time.time_ns()}",  # else Dask takes it for one it knows
        pure=False,
        resources={GPU: 1} if takes_gpu else None,
    )


def _done(client: Client, waiting: Collection[Future]) -> list[Future]:
    """Those that are done, if need be after a while.

    Raises:
        ClusterLostError: If the scheduler is gone.
    """
    import distributed

    try:
        distributed.wait(list(waiting), timeout=LOOK_EVERY, return_when="FIRST_COMPLETED")
    except distributed.TimeoutError:
        pass
    except (distributed.CancelledError, asyncio.CancelledError) as error:
        raise ClusterLostError from error
    if client.status != "running" or any(future.status == "cancelled" for future in waiting):
        raise ClusterLostError
    return [future for future in waiting if future.done()]


def _result_of(future: Future, task: Task) -> Result:
    import distributed

    try:
        return future.result()
    except OtherEnvironmentError:  # of a worker that came later
        raise
    except (distributed.CancelledError, asyncio.CancelledError) as error:
        raise ClusterLostError from error
    except distributed.KilledWorker:
        return failure(task, "every worker that computed it died; most often the memory was full")
    except Exception as error:
        return failure(task, f"{type(error).__name__}: {first_line(error)}")


def _running(client: Client, waiting: Mapping[Future, tuple[Task, bool]]) -> dict[str, str]:
    """Keys of the runs that are computed now, with their workers."""
    keys = {future.key: task.key for future, (task, _) in waiting.items()}
    return {
        keys[key]: worker
        for worker, names in processing_on(client).items()
        for key in names
        if key in keys
    }
