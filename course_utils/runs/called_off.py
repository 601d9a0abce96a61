"""Runs that nobody waits for any more are ended on the workers, which would be busy for long."""

from threading import Event, Thread
from typing import Any

from course_utils.runs.computing import RUN, Result, Task, compute

LOOK_EVERY = 0.5  # seconds


def compute_while_wanted(task: Task, threads: int, takes_gpu: bool) -> Result:
    """``compute`` on a worker of a cluster; its kernels end when the command no longer wants it.

    A scheduler takes a run back from its worker when the command lets go of it, and when the
    command is gone, even by a kill that no process hears. Dask lets what runs already run on.
    """
    import distributed

    worker, ended = distributed.get_worker(), Event()
    called = worker.get_current_task()  # not as the same run of the same command given again
    watching = Thread(target=_end_when_unwanted, args=(worker, called, ended), daemon=True)
    watching.start()
    try:
        return compute(task, threads, takes_gpu, called)
    finally:
        ended.set()
        watching.join()


def _end_when_unwanted(worker: Any, called: str, ended: Event) -> None:
    while not ended.wait(LOOK_EVERY):
        known = worker.state.tasks.get(called)
        if known is None or known.state != "executing":
            _end_kernels(called)  # again and again, for one may be about to start


def _end_kernels(called: str) -> None:
    import psutil  # comes with Dask

    for process in psutil.Process().children(recursive=True):
        try:
            if process.environ().get(RUN) == called:
                process.terminate()
        except psutil.Error:  # it has ended meanwhile, or is not ours
            continue
