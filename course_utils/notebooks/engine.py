"""The engine with which papermill executes a lesson: in memory, in a kernel that keeps quiet."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

ENGINE = "in memory"  # its name among papermill's
# Without it every kernel warns that it speaks with this process unencrypted, on this machine.
QUIET_KERNEL = ["--log-level=50"]
SILENT = logging.Logger("papermill", logging.CRITICAL + 1)  # what went wrong is returned
NO_ANSWER = "before replying"  # in the error of a kernel that ended before its first answer


class KernelNotStartedError(RuntimeError):
    """A kernel ended before its first answer; with the last it complained of."""


class InMemory(NBClientEngine):
    """Papermill's engine, but for saving the whole notebook before and after every cell.

    With a hundred cells and their figures, that takes some 7 % of a lesson's time.
    """

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, *, kept: list[NotebookNode], **options: Any
    ) -> NotebookNode:
        """Execute ``nb`` in place, and leave it in ``kept`` however that ends."""
        kept.append(nb)
        return super().execute_notebook(nb, kernel_name, **options)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        limit_of: Callable[[NotebookNode], int],
        folder: Path,
        environment: Mapping[str, str],
        start_timeout: int,
        **unused: Any,
    ) -> NotebookNode:
        """Execute in a kernel in ``folder`` that sees this process's environment and more.

        ``limit_of`` says before each cell how many seconds it may take.
        """
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            timeout_func=limit_of,
            startup_timeout=start_timeout,
            extra_arguments=QUIET_KERNEL,
            resources={"metadata": {"path": str(folder)}},
            log=SILENT,
        )
        with TemporaryFile() as said:  # what a kernel complains of that does not start
            try:
                return client.execute(env={**os.environ, **environment}, stderr=said)
            except RuntimeError as error:
                if NO_ANSWER not in str(error):
                    raise
                said.seek(0)
                *_, last = b"", *said.read().strip().splitlines()
                raise KernelNotStartedError(last.decode(errors="replace")) from error


papermill_engines.register(ENGINE, InMemory)


def end_what_waits() -> None:
    """End what nbclient leaves waiting for a cell that took too long; asyncio would complain."""
    loop = ensure_event_loop()
    waiting = asyncio.all_tasks(loop)
    for task in waiting:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
