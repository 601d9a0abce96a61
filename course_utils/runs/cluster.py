"""A Dask cluster to compute on: made of this machine's cores, or one that stands already."""

from __future__ import annotations

import ipaddress
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from course_utils.runs.computing import THREADS
from course_utils.runs.workers import GPU, first_line
from course_utils.session.cores import usable_cores

if TYPE_CHECKING:
    from distributed import Client

NO_DASK = (
    "--workers and --cluster need Dask: pip install -r requirements/dask.txt. Without both, the "
    "same runs are computed one after another"
)
CONNECT_WITHIN = 20  # seconds


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
    threads = str(max(1, usable_cores() // num_workers))
    with TemporaryDirectory(prefix="workers-") as folder:
        cluster = distributed.SpecCluster(
            workers={
                number: {
                    "cls": distributed.Nanny,
                    "options": {
                        "nthreads": 1,
                        "host": "127.0.0.1",
                        "memory_limit": 0,
                        "local_directory": folder,
                        "dashboard": False,
                        "silence_logs": logging.CRITICAL,
                        "env": dict.fromkeys(THREADS, threads)
                        | ({"CUDA_VISIBLE_DEVICES": str(number)} if number < num_gpus else {}),
                        "resources": {GPU: 1} if number < num_gpus else None,
                    },
                }
                for number in range(num_workers)
            },
            scheduler={
                "cls": distributed.Scheduler,
                "options": {"host": "127.0.0.1", "dashboard": False, "port": 0},
            },
            silence_logs=logging.CRITICAL,
        )
        try:
            with distributed.Client(cluster, timeout=CONNECT_WITHIN) as client:
                yield client
        finally:
            with suppress(Exception):
                cluster.close(timeout=10)


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
    security = tls and distributed.Security(
        tls_ca_file=tls.ca, tls_client_cert=tls.cert, tls_client_key=tls.key,
        require_encryption=True,
    )  # fmt: skip
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=CONNECT_WITHIN, security=security)
    except Exception as error:  # of the network, of TLS, of another version of Dask
        raise ValueError(f"no scheduler answers at {address}: {first_line(error)}") from error
    try:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise ValueError(f"the scheduler at {address} has no workers: start some first")
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=3)


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
