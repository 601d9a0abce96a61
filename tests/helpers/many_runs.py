"""Notebooks for many runs that can be looked at and held up from outside, and commands beside."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from course_utils.runs.command import main
from tests.helpers.notebook_files import write_notebook

BESIDE_OTHERS = """me = place / f"running-{seed}"
me.touch()
time.sleep(0.3)
others = len(list(place.glob("running-*"))) - 1
(place / f"saw-{seed}").write_text(f"{others} {os.environ.get('CUDA_VISIBLE_DEVICES')}")
me.unlink()"""
PATIENCE = 120  # seconds for what takes a few, on a machine with much else to do
PARAMETERS = ("seed = 0\ndevice = 'cpu'\nbackbone = 'letters'", "parameters")
BEGIN = """import os, time
from pathlib import Path
place = Path({place!r})
(place / f"began-{{seed}}-{{os.getpid()}}").touch()"""
WAIT = """while not (place / "go").exists():
    time.sleep(0.02)"""
END = """from course_utils.learning.results import claim, record
claim("the seed is small", seed < 2)
record("90", f"seed {seed}", x=seed / 7, parity="odd" if seed % 2 else "even")"""


def write_watched(folder: Path, *cells: str, waits: bool = False) -> Path:
    """A notebook that leaves a file in ``folder`` when it begins, and records values at its end.

    Args:
        folder: Where it lies, too.
        cells: What it does between; there are ``place``, the folder, and ``seed``.
        waits: Whether it then waits for ``go`` in the folder.
    """
    begin = BEGIN.format(place=str(folder))
    between = [*cells, WAIT] if waits else cells
    return write_notebook(folder / "90_watched.ipynb", PARAMETERS, begin, *between, END)


def kernels_begun(folder: Path) -> list[int]:
    """Process numbers of the kernels that came that far, oldest first."""
    files = sorted(folder.glob("began-*"), key=lambda path: path.stat().st_mtime_ns)
    return [int(path.name.rpartition("-")[2]) for path in files]


def wait_until(happened: Callable[[], object]) -> None:
    """Look until something is so; a TimeoutError if that takes too long."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)


def run(*arguments: object) -> int:
    """The command with these arguments, here; its exit code."""
    return main([str(argument) for argument in arguments])


@contextmanager
def beside(*arguments: object) -> Iterator[Future[int]]:
    """The command with these arguments, in a thread; its exit code comes as a future."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(run, *arguments)


def table_of(out: Path) -> str:
    """``results.csv`` as a command wrote it."""
    return (out / "results.csv").read_text(encoding="utf-8")


def seen(folder: Path) -> list[list[str]]:
    """What each run saw: others beside it, and GPUs."""
    return [path.read_text().split(" ") for path in sorted(folder.glob("saw-*"))]


class Unseen:
    """Nobody looks at the progress."""

    def show(self, running: dict[str, str]) -> None:
        """Nothing."""
