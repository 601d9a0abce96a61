"""Several processes that compute together: started anew, told by files, all stopped with one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import torch.distributed as dist

from course_utils.session.cores import usable_cores
from course_utils.tensor_files import load_tensors, save_tensors

RANKS = "course_utils.lessons.scaling_up.ranks"  # run as a module by each process
LOOPBACK = "127.0.0.1"  # the address by which a machine reaches itself, with no network
REQUEST, MEETING = "request.pt", "meeting"  # files in the folder of the processes
LIMIT = 900  # seconds, against processes that stand still
LOOK_EVERY = 0.05  # seconds
LAST_LINES = 3  # of what a process says before it ends
Tasks = Mapping[str, tuple[str, Mapping[str, Any]]]


def can_run_processes() -> str:
    """What is missing here for several processes, in one line; an empty text if nothing is."""
    if not dist.is_available() or not dist.is_gloo_available():
        return "this torch was built without torch.distributed and gloo: pip install torch has both"
    if not (interface := _loopback()):
        return f"this machine has no network interface with the address {LOOPBACK}"
    try:
        dist.ProcessGroupGloo.create_device(interface=interface)
    except RuntimeError as error:  # as some versions for Windows do
        return f"gloo cannot be used here: {str(error).splitlines()[0]}"
    return ""


def check_number(num_processes: int) -> None:
    """Refuse fewer than two processes, before any work.

    Raises:
        ValueError: If there are fewer.
    """
    if num_processes < 2:
        raise ValueError(
            f"num_processes must be at least 2, got {num_processes}: one has nobody to share with"
        )


def threads_of_each(num_processes: int) -> int:
    """With how many threads each process computes: its share of the cores, at least one."""
    return max(1, usable_cores() // num_processes)


def cores_text(num_processes: int) -> str:
    """What processes have to compute on, in one line; also where they must share a core."""
    cores, threads = usable_cores(), threads_of_each(num_processes)
    if cores < num_processes:
        return f"{num_processes} processes share {cores} of the cores: the results are the same"
    return f"{num_processes} processes with {threads} of {cores} cores each"


def run_processes(num_processes: int, tasks: Tasks, device: str = "cpu") -> list[dict[str, Any]]:
    """Start so many processes, have them do ``tasks`` together, and return what each one found.

    They meet through a file and talk over loopback by gloo. When one dies, the others are stopped;
    so they are on Ctrl-C, and when this process is ended.

    Args:
        num_processes: How many, at least 1.
        tasks: By a name of one's own: one of ``rank_tasks.TASKS``, and its arguments: tensors,
            numbers, texts, lists and dictionaries.
        device: ``"cpu"``, or ``"cuda"`` for a GPU for each rank; where there are fewer, ranks share
            them.

    Returns:
        For each rank, what its tasks returned, by their names.

    Raises:
        ValueError: If there is no process to start.
        RuntimeError: If several processes cannot run here, or if one dies; with what it said last.
        TimeoutError: If they stand still.
    """
    if num_processes < 1:
        raise ValueError(f"num_processes must be at least 1, got {num_processes}")
    if missing := can_run_processes():
        raise RuntimeError(missing)
    with TemporaryDirectory(prefix="ranks-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        request = {
            "num_processes": num_processes,
            "threads": threads_of_each(num_processes),
            "limit": LIMIT,
            "started_by": os.getpid(),
            "device": device,
            "tasks": dict(tasks),
        }
        save_tensors(request, folder / REQUEST)
        with _started(num_processes, folder) as processes:
            _wait_for(processes, folder)
        return [load_tensors(folder / answer_file(rank)) for rank in range(num_processes)]


def answer_file(rank: int) -> str:
    """The name of the file in which a rank leaves what it found."""
    return f"answer_{rank}.pt"


def _loopback() -> str:
    """The name of the interface with the address of loopback: such as lo, or lo0 on macOS."""
    found = (
        name
        for name, addresses in psutil.net_if_addrs().items()
        if any(each.address == LOOPBACK for each in addresses)
    )
    return next(found, "")


@contextmanager
def _started(num_processes: int, folder: Path) -> Iterator[list[subprocess.Popen]]:
    """The processes, while they compute; none is left behind."""
    processes: list[subprocess.Popen] = []
    environment = {**os.environ, "GLOO_SOCKET_IFNAME": _loopback()}
    try:
        for rank in range(num_processes):
            with _said_file(folder, rank).open("wb") as said:
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", RANKS, str(folder), str(rank)],
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=said,
                    )
                )
        yield processes
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _said_file(folder: Path, rank: int) -> Path:
    return folder / f"said_{rank}.txt"


def _wait_for(processes: Sequence[subprocess.Popen], folder: Path) -> None:
    """Return when all have ended well; raise when one has not."""
    until = time.monotonic() + LIMIT
    codes: list[int | None] = [None]
    while None in codes:
        codes = [process.poll() for process in processes]
        if any(codes):
            raise RuntimeError(_what_happened(codes, folder))
        if time.monotonic() > until:
            raise TimeoutError(
                f"{len(processes)} processes did not come to an end within {LIMIT} seconds and "
                "were stopped"
            )
        time.sleep(LOOK_EVERY)


def _what_happened(codes: Sequence[int | None], folder: Path) -> str:
    """The ranks that ended too early, and what each rank said last: one may die of another."""
    ended = ", ".join(f"rank {rank} (exit code {code})" for rank, code in enumerate(codes) if code)
    lines = [f"of {len(codes)} processes, ended before their work was done: {ended}"]
    for rank in range(len(codes)):
        said = _said_file(folder, rank).read_text(encoding="utf-8", errors="replace")
        lines += [f"rank {rank}: {line}" for line in said.strip().splitlines()[-LAST_LINES:]]
    return "\n".join(lines)
