"""A Dask cluster to compute on: made of this machine's cores, or one that stands already."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from course_utils.runs.computing import THREADS
from course_utils.runs.workers import GPU, first_line
from course_utils.session.cores import usable_cores

if TYPE_CHECKING:
    from distributed import Client, SpecCluster

NO_DASK = (
    "--workers and --cluster need Dask: pip install -r requirements/dask.txt. Without both, the "
    "same runs are computed one after another"
)
CONNECT_WITHIN = 20  # seconds
CLOSE_WITHIN = 10  # seconds
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Tls:
    """Files with which both ends prove who they are: authority, certificate, private key."""

    ca: str
    cert: str
    key: str


@contextmanager
def local_cluster(num_workers: int) -> Iterator[Client]:
    """So many workers on this machine, which share its cores and its GPUs and listen to it only.

    Raises:
        ImportError: If Dask is not installed; it says how to install it.
    """
    distributed = _import_distributed()
    import torch

    num_gpus = torch.cuda.device_count()
    threads = dict.fromkeys(THREADS, str(max(1, usable_cores() // num_workers)))
    with _quiet(), TemporaryDirectory(prefix="workers-", ignore_cleanup_errors=True) as folder:
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


@contextmanager
def cluster_at(address: str, tls: Tls | None = None) -> Iterator[Client]:
    """The cluster whose scheduler stands at ``address``; it stands there afterwards, too.

    Raises:
        ImportError: If Dask is not installed; it says how to install it.
        ValueError: If no scheduler answers, or none that may be trusted, or it has no workers.
    """
    distributed = _import_distributed()
    if not address.startswith("tls://") and not _is_loopback(address):
        print(
            f"Warning: {address} is spoken to in the open. A scheduler runs the code of whoever "
            "connects: use tls:// with certificates, or a network that you trust",
            file=sys.stderr,
        )
    security = _security(distributed, tls)
    if address.startswith("tls://") and security.tls_ca_file is None:
        raise ValueError(f"{address} takes certificates: name them with --tls CA CERT KEY")
    with _quiet():
        try:
            asyncio.run(_ask_who_is_there(address, security))
            client = distributed.Client(address, timeout=CONNECT_WITHIN, security=security)
        except Exception as error:  # of the network, of TLS, of another version of Dask
            raise ValueError(f"no scheduler answers at {address}: {first_line(error)}") from error
        try:
            if not client.scheduler_info(n_workers=-1)["workers"]:
                raise ValueError(f"the scheduler at {address} has no workers: start some first")
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=CLOSE_WITHIN)


def _security(distributed: Any, tls: Tls | None) -> Any:
    if tls is None:
        return distributed.Security()  # as Dask's own settings say, most often: none
    return distributed.Security(
        tls_ca_file=tls.ca,
        tls_client_cert=tls.cert,
        tls_client_key=tls.key,
        require_encryption=True,
    )


async def _ask_who_is_there(address: str, security: Any) -> None:
    """Raise an error if nobody answers in time; a client waits for ever for one that only listens.

    Raises:
        OSError: If nothing listens there, or what listens there does not answer.
    """
    import distributed

    arguments = security.get_connection_args("client")
    there = distributed.rpc(address, timeout=CONNECT_WITHIN, connection_args=arguments)
    try:
        await asyncio.wait_for(there.identity(n_workers=0), CONNECT_WITHIN + 1)
    except (TimeoutError, asyncio.TimeoutError) as error:  # two until Python 3.11
        raise OSError(f"nothing was said within {CONNECT_WITHIN} s") from error
    finally:
        await there.close_rpc()


@contextmanager
def _quiet() -> Iterator[None]:
    """A block in which Dask logs nothing: what a user must know, the command says in a line."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _is_loopback(address: str) -> bool:
    host = address.rpartition("://")[2].rpartition(":")[0].strip("[]")
    if host in ("", "localhost"):
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _import_distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ImportError(NO_DASK) from error
    return distributed
