"""A Dask cluster to compute on that stands already, and what every use of Dask here begins with."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.runs.workers import first_line

if TYPE_CHECKING:
    from distributed import Client

NO_DASK = (
    "--workers and --cluster need Dask: pip install -r requirements/dask.txt. Without both, the "
    "same runs are computed one after another"
)
CONNECT_WITHIN = 20  # seconds
CLOSE_WITHIN = 10  # seconds


@dataclass(frozen=True)
class Tls:
    """Files with which both ends prove who they are: authority, certificate, private key."""

    ca: str
    cert: str
    key: str


@contextmanager
def cluster_at(address: str, tls: Tls | None = None) -> Iterator[Client]:
    """The cluster whose scheduler stands at ``address``; it stands there afterwards, too.

    Raises:
        ImportError: If Dask is not installed; it says how to install it.
        ValueError: If no scheduler answers, or none that may be trusted, or it has no workers.
    """
    distributed = import_dask()
    if not address.startswith("tls://") and not _is_loopback(address):
        print(
            f"Warning: {address} is spoken to in the open. A scheduler runs the code of whoever "
            "connects: use tls:// with certificates, or a network that you trust",
            file=sys.stderr,
        )
    security = _security(distributed, tls)
    if address.startswith("tls://") and security.tls_ca_file is None:
        raise ValueError(f"{address} takes certificates: name them with --tls CA CERT KEY")
    loop = asyncio.new_event_loop()  # asyncio.run would leave this thread without one
    try:
        loop.run_until_complete(_ask_who_is_there(address, security))
        client = distributed.Client(address, timeout=CONNECT_WITHIN, security=security)
    except Exception as error:  # of the network, of TLS, of another version of Dask
        cause = first_line(_first_cause(error))
        raise ValueError(f"no scheduler answers at {address}: {cause}") from error
    finally:
        loop.close()
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
        await asyncio.wait_for(there.identity(), CONNECT_WITHIN + 1)
    except (TimeoutError, asyncio.TimeoutError):  # two until Python 3.11
        raise OSError(f"nothing was said within {CONNECT_WITHIN} s") from None
    finally:
        await there.close_rpc()


def _first_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _is_loopback(address: str) -> bool:
    host = address.rpartition("://")[2].rpartition(":")[0].strip("[]")
    if host in ("", "localhost"):
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def import_dask() -> Any:
    """The package ``distributed``, which from now on logs nothing.

    What a user must know of its troubles, the command says in a line. It stays quiet, for it would
    still complain when a cluster is left.

    Raises:
        ImportError: If it is not installed; it says how to install it.
    """
    try:
        import distributed
    except ImportError as error:
        raise ImportError(NO_DASK) from error
    for name in list(logging.root.manager.loggerDict):  # it sets levels for some below it
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return distributed
