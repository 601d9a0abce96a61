"""The workers of a cluster, asked before the first run whether they can compute it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from course_utils.runs.computing import Task, differences
from course_utils.runs.keys import environment_here
from course_utils.runs.needs import missing_here, needs_of
from course_utils.session.cores import usable_cores

if TYPE_CHECKING:
    from distributed import Client

GPU = "GPU"  # name of the resource that workers with a GPU declare
Slots = Mapping[str, tuple[str, int, int]]
ANSWERS_WITHIN = 60  # seconds that a scheduler may take; one that takes longer stands still


class ClusterLostError(RuntimeError):
    """The scheduler no longer answers."""


def refuse_unfit(client: Client, tasks: Sequence[Task]) -> None:
    """Stop before the first run if a worker could not compute it as it is meant.

    Raises:
        ValueError: If a worker has other source or versions, or lacks what runs need, or no worker
            has the GPU that one asks for; it names the worker.
        ClusterLostError: If the scheduler is gone.
    """
    _refuse_other_environments(_ask(client, environment_here), environment_here())
    needs = needs_of(task.needs for task in tasks)
    _refuse_missing(_ask(client, missing_here, needs))
    if any(task.device == "cuda" for task in tasks) and not have_gpus(slots_of(client)):
        raise ValueError(
            "some runs ask for a GPU, and no worker declares one: start those that have one with "
            f"--nthreads 1 --resources {GPU}=1"
        )


def slots_of(client: Client) -> Slots:
    """By worker: its machine, how many runs it computes at a time, and its GPUs.

    Raises:
        ClusterLostError: If the scheduler is gone, or does not answer.
    """
    processing_on(client)  # for the next question waits for ever
    try:
        workers = client.scheduler_info(n_workers=-1)["workers"]
    except Exception as error:
        raise ClusterLostError from error
    return {
        address: (about["host"], about["nthreads"], about["resources"].get(GPU, 0))
        for address, about in workers.items()
    }


def processing_on(client: Client) -> Mapping[str, Sequence[str]]:
    """By worker: names of the tasks that are there.

    Raises:
        ClusterLostError: If the scheduler is gone, or does not answer.
    """
    try:
        return client.sync(
            client.scheduler.processing, workers=None, callback_timeout=ANSWERS_WITHIN
        )
    except Exception as error:
        raise ClusterLostError from error


def have_gpus(slots: Slots) -> bool:
    """Whether any worker declares one."""
    return any(gpus for _, _, gpus in slots.values())


def cores_of(client: Client) -> dict[str, int]:
    """By worker: the cores of its machine that it may use."""
    return _ask(client, usable_cores)


def threads_per_run(slots: Slots, cores: Mapping[str, int], *, alone: bool) -> int:
    """Threads of a kernel: cores of a machine by the runs it has at a time, where they are fewest.

    One number for all, so that results do not depend on the machine that a run came to.

    Args:
        slots: As ``slots_of`` gives them.
        cores: As ``cores_of`` gives them.
        alone: Whether no other run is beside it.
    """
    runs: Counter[str] = Counter()
    for host, num_runs, _ in slots.values():
        runs[host] += num_runs
    shares = [
        cores[worker] // (1 if alone else runs[host])
        for worker, (host, _, _) in slots.items()
        if worker in cores
    ]
    return max(1, min(shares, default=1))


def first_line(error: BaseException) -> str:
    """What an error says, on one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _ask(client: Client, question: Any, *arguments: Any) -> dict[str, Any]:
    """What every worker answers, by its address; an error as the answer where it has none."""
    try:
        return client.run(question, *arguments, on_error="return")
    except Exception as error:
        raise ClusterLostError from error


def _refuse_other_environments(workers: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    for worker, found in workers.items():
        if isinstance(found, Exception):
            raise ValueError(f"the worker {worker} cannot run lessons: {first_line(found)}")
        if other := differences(wanted, found):
            raise ValueError(
                f"the worker {worker} has {other}: install there what is installed here"
            )


def _refuse_missing(missing: Mapping[str, Any]) -> None:
    for worker, found in missing.items():
        if isinstance(found, Exception):
            raise ValueError(f"the worker {worker} cannot look for data: {first_line(found)}")
        if found:
            raise ValueError(
                f"the worker {worker} lacks {', '.join(found)}: copy it there, or run one such run "
                "on that machine alone, which downloads what can be"
            )
