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
    left: dict[bool, deque[Task]] = {True: deque(), False: deque()}  # with a GPU, without
    for task in tasks:
        left[task.device == "cuda" or (task.device == "auto" and with_gpus)].append(task)
    waiting: dict[Future, Task] = {}
    given: dict[bool, set[Future]] = {True: set(), False: set()}
    try:
        while any(left.values()) or waiting:
            # No more than can run: so none waits for one worker while another is free, and
            # workers that come later have their part.
            for takes_gpu, room in _places(client).items():
                while left[takes_gpu] and len(given[takes_gpu] & set(waiting)) < room:
                    task = left[takes_gpu].popleft()
                    future = _submit(client, task, threads, takes_gpu)
                    waiting[future] = task
                    given[takes_gpu].add(future)
            for future in _done(client, waiting):
                yield _result_of(future, waiting.pop(future))
                future.release()
            progress.show(_running(client, waiting))
    finally:
        with suppress(Exception):  # the scheduler may be gone
            client.cancel(list(waiting), force=True)


def _places(client: Client) -> dict[bool, int]:
    """How many runs can be computed now: with a GPU, and in all."""
    slots = slots_of(client).values()
    return {True: sum(gpus for _, _, gpus in slots), False: sum(runs for _, runs, _ in slots)}


def _submit(client: Client, task: Task, threads: int, takes_gpu: bool) -> Future:
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

    if not waiting:  # all workers are gone; others may come
        time.sleep(LOOK_EVERY)
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
        keys[key]: worker.rpartition("://")[2]
        for worker, names in processing.items()
        for key in names
        if key in keys
    }
