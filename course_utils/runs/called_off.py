"""Runs that nobody waits for any more are ended on the workers, which would be busy for long."""

import asyncio
from collections.abc import Collection

RUN = "WORKBOOK_RUN"  # a variable of every kernel: the key of its run
LOOKS = 6  # a run that had not come to its kernel, or whose kernel is started anew, is found later
LOOK_EVERY = 0.25  # seconds


async def end_kernels(keys: Collection[str]) -> None:
    """End the kernels that compute the runs with these keys; called on a worker."""
    for _ in range(LOOKS):
        _end_kernels_now(keys)
        await asyncio.sleep(LOOK_EVERY)


def _end_kernels_now(keys: Collection[str]) -> None:
    import psutil  # comes with Dask

    for process in psutil.Process().children(recursive=True):
        try:
            if process.environ().get(RUN) in keys:
                process.terminate()
        except psutil.Error:  # it has ended meanwhile, or is not ours
            continue
