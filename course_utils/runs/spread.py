"""Runs computed by the workers of a cluster, and their results as they come."""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from course_utils.runs.computing import OtherEnvironmentError, Result, Task, compute, failure
from course_utils.runs.workers import (
    GPU,
    ClusterLostError,
    cores_of,
    first_line,
    have_gpus,
    refuse_unfit,
    slots_of,
    threads_per_run,
)

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK_EVERY = 1.0  # seconds, to show what runs where
MOST_AT_ONCE = 64  # runs that the scheduler holds; each carries its notebook


def compute_on(client: Client, tasks: Sequence[Task], progress: Any) -> Iterator[Result]:
    """The results of ``tasks`` as they come, those that must run alone at the end.

    Args:
        client: Of the cluster.
        tasks: All that is to be computed.
        progress: Its ``show(running)`` is told now and then what runs where.

    Raises:
        ValueError: If a worker has other source or versions, or lacks what runs need, or no worker
            has the GPU that one asks for.
        ClusterLostError: If the scheduler is gone.
    """
    refuse_unfit(client, tasks)
    slots, cores = slots_of(client), cores_of(client)
    together = [task for task in tasks if not task.alone]
    for batch in filter(None, [together, *([task] for task in tasks if task.alone)]):
        threads = threads_per_run(slots, cores, alone=batch[0].alone)
        yield from _compute_batch(client, batch, threads, have_gpus(slots), progress)


def _compute_batch(
    client: Client, tasks: Sequence[Task], threads: int, with_gpus: bool, progress: Any
) -> Iterator[Result]:
    left = deque(tasks)
    waiting: dict[Future, Task] = {}
    try:
        while left or waiting:
            while left and len(waiting) < MOST_AT_ONCE:
                task = left.popleft()
                waiting[_submit(client, task, threads, with_gpus)] = task
            for future in _done(client, waiting):
                yield _result_of(future, waiting.pop(future))
                future.release()
            progress.show(_running(client, waiting))
    finally:
        with suppress(Exception):  # the scheduler may be gone
            client.cancel(list(waiting), force=True)


def _submit(client: Client, task: Task, threads: int, with_gpus: bool) -> Future:
    takes_gpu = task.device == "cuda" or (task.device == "auto" and with_gpus)
    return client.submit(
        compute,
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
    from distributed import wait

    with suppress(TimeoutError, CancelledError):
        wait(list(waiting), timeout=LOOK_EVERY, return_when="FIRST_COMPLETED")
    if client.status != "running" or any(future.status == "cancelled" for future in waiting):
        raise ClusterLostError
    return [future for future in waiting if future.done()]


def _result_of(future: Future, task: Task) -> Result:
    if future.status != "error":
        return future.result()
    error = future.exception()
    if isinstance(error, OtherEnvironmentError):  # of a worker that came later
        raise ValueError(str(error)) from error
    if type(error).__name__ == "KilledWorker":
        return failure(task, "every worker that computed it died; most often the memory was full")
    return failure(task, f"{type(error).__name__}: {first_line(error)}")


def _running(client: Client, waiting: Mapping[Future, Task]) -> dict[str, str]:
    """Keys of the runs that are computed now, with their workers; nothing if nobody knows."""
    keys = {future.key: task.key for future, task in waiting.items()}
    try:
        processing = client.processing()
    except Exception:  # the next look will tell that the scheduler is gone
        return {}
    return {
        keys[key]: worker for worker, names in processing.items() for key in names if key in keys
    }
