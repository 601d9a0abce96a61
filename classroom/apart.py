"""Runs a submission apart from the teacher's files: other people's code is never run anywhere else.

With bubblewrap (``bwrap``, Linux): no network, no sight of other programs, and of the disk only
Python, the workbook without its answers, and an empty folder of its own. Without it, the run still
has limits on time, memory and output, and a folder of its own; but it can read and write whatever
the account that grades can, and it can reach the network.
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import course_utils
from classroom.protection import has_bubblewrap

STARTING_SECONDS = 120  # until torch is loaded, on a slow or busy machine
GRACE_SECONDS = 5  # between the interrupt that code may swallow, and the end of its process
MOST_RESTARTS = 4
ROOM_BYTES = 64 * 1024 * 1024  # for files, in each place where a run may write
MOST_BYTES = 32 * 1024 * 1024  # from one run; an honest one writes a hundredth of it


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    seconds: float = 30  # for one cell, or for one exercise on one set of inputs
    memory_mb: int = 4096  # of data
    output_limit: int = 20_000  # characters that one cell may print

    @property
    def seconds_in_all(self) -> float:
        """For the whole of a submission, begun again or not."""
        return max(300.0, 10 * self.seconds)


@dataclass
class Run:
    """What came of running a submission's cells."""

    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # by cell
    observed: dict[str, dict[int, Any]] = field(default_factory=dict)  # by exercise and seed
    stopped: dict[int, str] = field(default_factory=dict)  # cells that ended or hung Python: how
    failure: str | None = None  # why nothing ran at all


def run_apart(
    cells: Sequence[dict[str, Any]],
    exercises: Sequence[dict[str, Any]],
    seeds: Sequence[int],
    limits: Limits,
    workbook: Path,
) -> Run:
    """Run cells in order; when one ends or hangs Python, begin again without it.

    Args:
        cells: Each ``{"code": source}``, or ``{"exercise": name}`` where one is to be observed, or
            empty.
        exercises: Each with ``name``, ``lesson`` (its module) and ``answers`` (variables).
        seeds: Of the inputs on which each exercise is observed.
        limits: What may be used.
        workbook: What ``workbook_without_answers`` made.
    """
    job = {"cells": list(cells), "exercises": list(exercises), "seeds": list(seeds)}
    job |= {name: getattr(limits, name) for name in ("seconds", "memory_mb", "output_limit")}
    stopped: dict[int, str] = {}
    latest = time.monotonic() + limits.seconds_in_all
    for _ in range(MOST_RESTARTS + 1):
        run = Run(stopped=stopped)
        with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as room:
            end = _run_once(job | {"skip": list(stopped)}, run, Path(room), workbook, latest)
        if end is None:
            break
        cell, how = end
        if cell is None:
            run.failure = how
            break
        stopped[cell] = how
    return run


def _run_once(
    job: dict[str, Any], run: Run, room: Path, workbook: Path, latest: float
) -> tuple[int | None, str] | None:
    """Fill ``run``; None if it came to its end, else the cell in which it stopped, and how."""
    (room / "student").mkdir()
    (room / "job.json").write_text(json.dumps(job), encoding="utf-8")
    with (room / "job.json").open("rb") as given, _process(given, room, workbook) as process:
        cell = None
        try:
            for message in _messages(process, job["seconds"] + GRACE_SECONDS, latest):
                if "done" in message:
                    return None
                if "begins" in message:
                    cell = range(len(job["cells"]))[message["begins"]]
                elif "observed" in message:
                    seeds = run.observed.setdefault(str(message["observed"]), {})
                    seeds.setdefault(int(message["seed"]), message["found"])
                elif "cell" in message:
                    outputs = [o for o in message["outputs"] if isinstance(o, dict)]
                    run.outputs[int(message["cell"])] = outputs
        except TimeoutError:
            return cell, "took too long and did not stop when interrupted"
        except Exception:  # what is said may be anything
            return cell, "wrote over the results, or too much"
        return cell, "ended Python"


@contextmanager
def _process(given: BinaryIO, room: Path, workbook: Path) -> Iterator[subprocess.Popen]:
    inside = has_bubblewrap()
    process = subprocess.Popen(
        _command(workbook) if inside else [sys.executable, str(workbook / "student_side.py")],
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=room / "student",
        env=_environment("/student" if inside else str(room / "student")),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def _messages(process: subprocess.Popen, seconds: float, latest: float) -> Iterator[dict[str, Any]]:
    """What the other side says, line by line.

    Raises:
        TimeoutError: If it says nothing new for ``seconds``, or still goes on at ``latest``.
        ValueError: If it says too much, or what is no JSON object.
    """
    waiting = selectors.DefaultSelector()
    waiting.register(process.stdout, selectors.EVENT_READ)
    rest, num_bytes, begun = b"", 0, -1
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        left = min(deadline, latest) - time.monotonic()
        if left < 0 or not waiting.select(left):
            raise TimeoutError
        chunk = os.read(process.stdout.fileno(), 65536)
        if not chunk:
            return
        num_bytes += len(chunk)
        if num_bytes > MOST_BYTES:
            raise ValueError("too much")
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if not isinstance(message, dict):
                raise ValueError("not an object")
            yield message
            # Cells begin in order, and each has a few results: more words buy no more time.
            if message.get("begins", begun) > begun or "observed" in message or "ready" in message:
                begun = message.get("begins", begun)
                deadline = time.monotonic() + seconds


def _environment(home: str) -> dict[str, str]:
    return {
        "HOME": home,
        "MPLCONFIGDIR": f"{home}/.config/matplotlib",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }


@cache
def _command(workbook: Path) -> list[str]:
    """The command line that runs ``student_side`` inside bubblewrap."""
    system = [path for path in ("/usr", "/lib", "/lib64", "/bin", "/sbin") if Path(path).exists()]
    system += [path for path in ("/etc/ld.so.cache", "/etc/fonts") if Path(path).exists()]
    known = subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout
    has_size, can_disable = "--size" in known, "--disable-userns" in known  # new in 0.7 and 0.8
    no_more_rooms = ["--unshare-user", "--disable-userns"] if can_disable else []
    size = ["--size", str(ROOM_BYTES)] if has_size else []
    empty = [part for path in ("/tmp", "/dev/shm", "/student") for part in (*size, "--tmpfs", path)]
    pythons = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}
    seen = [part for path in [*system, *sorted(pythons)] for part in ("--ro-bind", path, path)]
    return [
        *(
            "bwrap",
            *no_more_rooms,
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--cap-drop",
            "ALL",
        ),
        *("--uid", "1000", "--gid", "1000"),
        *("--proc", "/proc", "--dev", "/dev", *empty, *seen),  # Python may lie below /tmp
        *("--ro-bind", str(workbook), "/workbook", "--chdir", "/student"),
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *(sys.executable, "/workbook/student_side.py"),
    ]


@contextmanager
def workbook_without_answers() -> Iterator[Path]:
    """A copy of what submissions import: the package without the answers, and the other side."""
    with tempfile.TemporaryDirectory(prefix="workbook-") as name:
        folder, package = Path(name), Path(course_utils.__file__).parent
        leave_out = shutil.ignore_patterns("answers", "answers.zip", "__pycache__")
        shutil.copytree(package, folder / "course_utils", ignore=leave_out)
        shutil.copy(Path(__file__).with_name("student_side.py"), folder)
        yield folder
