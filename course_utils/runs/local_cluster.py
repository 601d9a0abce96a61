"""A Dask cluster of this machine's cores and GPUs."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from course_utils.runs.cluster import CLOSE_WITHIN, CONNECT_WITHIN, import_dask
from course_utils.runs.computing import THREADS
from course_utils.runs.workers import GPU
from course_utils.session.cores import usable_cores

if TYPE_CHECKING:
    from distributed import Client, SpecCluster

LOOPBACK = "127.0.0.1"


@contextmanager
def local_cluster(num_workers: int) -> Iterator[Client]:
    """So many workers on this machine, which share its cores and its GPUs and listen to it only.

    Raises:
        ImportError: If Dask is not installed; it says how to install it.
    """
    distributed = import_dask()
    import torch

    num_gpus = torch.cuda.device_count()
    threads = dict.fromkeys(THREADS, str(max(1, usable_cores() // num_workers)))
    with TemporaryDirectory(prefix="workers-", ignore_cleanup_errors=True) as folder:
        scheduler = {
            "host": LOOPBACK,
            "port": 0,
            "dashboard": False,
            "dashboard_address": f"{LOOPBACK}:0",  # else a port that may be taken
        }
        cluster = _start_whole(
            distributed,
            workers={
                number: _worker(distributed, folder, threads, number if number < num_gpus else None)
                for number in range(num_workers)
            },
            scheduler={"cls": distributed.Scheduler, "options": scheduler},
            silence_logs=logging.CRITICAL,
        )
        try:
            with distributed.Client(cluster, timeout=CONNECT_WITHIN) as client:
                yield client
        finally:
            with suppress(Exception):
                cluster.close(timeout=CLOSE_WITHIN)


def _start_whole(distributed: Any, **arguments: Any) -> SpecCluster:
    """Start a cluster in a thread of its own: Ctrl-C in the middle would leave half of one.

    What that thread starts, and starts anew, does not hear Ctrl-C until it has set itself up.
    """

    def start() -> SpecCluster:
        if hasattr(signal, "pthread_sigmask"):  # not on Windows
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        return distributed.SpecCluster(**arguments)

    with ThreadPoolExecutor(1) as thread:
        starting = thread.submit(start)
        try:
            return starting.result()
        except KeyboardInterrupt:
            with suppress(Exception):
                starting.result().close(timeout=CLOSE_WITHIN)
            raise


def _worker(
    distributed: Any, folder: str, threads: Mapping[str, str], gpu: int | None
) -> dict[str, Any]:
    """A worker of this machine, in a process that is started again when it dies."""
    return {
        "cls": distributed.Nanny,
        "options": {
            "nthreads": 1,
            "host": LOOPBACK,
            "memory_limit": 0,
            "local_directory": folder,
            "dashboard": False,
            "silence_logs": logging.CRITICAL,
            "env": {**threads} if gpu is None else {**threads, "CUDA_VISIBLE_DEVICES": str(gpu)},
            "resources": None if gpu is None else {GPU: 1},
        },
    }
