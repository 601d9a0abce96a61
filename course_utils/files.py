"""Files that are whole or not there, and sizes in words."""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
PATIENCE = 5.0  # seconds to wait for another run; longer, and that run was killed


class DamagedFileError(ValueError):
    """A file is there but is not what it should be."""


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` so that ``path`` holds all of it or, after a crash, what it held before."""
    with whole_file(path, len(content)) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path, num_bytes: int | None = None) -> Iterator[BinaryIO]:
    """A file to write under another name, which becomes ``path`` once it is complete.

    Of several that write to one path at once, the last one's file is left, whole.

    Args:
        path: The file; folders are made on the way.
        num_bytes: How many will be written, if that is known, for the message.

    Raises:
        OSError: If it cannot be written; it says why, how much room there is and is needed.
    """
    # Process numbers alone repeat: in containers, and on machines that share a folder.
    once = f"{uuid.uuid4().hex[:12]}.{os.getpid()}"
    unfinished = path.with_name(f"{path.name}.{once}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name on an empty file
        os.replace(unfinished, path)
    except OSError as error:
        _remove(unfinished)  # before the room is measured
        raise type(error)(_cannot_write(path, error, num_bytes)) from error
    finally:
        _remove(unfinished)


@contextmanager
def one_run_at_a_time(path: Path) -> Iterator[None]:
    """A block for ``path`` in which no two runs are at once, in whatever process or container.

    For what one ``os.replace`` cannot do: two files that belong together, a file that is read,
    changed and written again.
    """
    lock = path.with_name(f"{path.name}.lock")
    with suppress(OSError):  # as below
        path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            lock.mkdir()  # on every system, and across a network: for one of them only
            break
        except FileExistsError:
            time.sleep(0.01)
        except OSError:
            break  # the writing in the block will say what is wrong
    try:
        yield
    finally:
        with suppress(OSError):
            lock.rmdir()


def folder_of_this_run(parent: Path) -> TemporaryDirectory:
    """A folder in ``parent`` that no other run has; it is removed when nothing refers to it."""
    parent.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix="run-", dir=parent, ignore_cleanup_errors=True)


def size_text(num_bytes: float) -> str:
    """Such as ``1.50 GB``, in the unit in which it is a number from 1."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if num_bytes >= size:
            return f"{num_bytes / size:,.2f} {unit}"
    return f"{num_bytes:.0f} bytes"


def free_disk(folder: Path) -> int:
    """Bytes free where ``folder`` is, or will be once it is made."""
    there = next(place for place in (folder, *folder.absolute().parents) if os.path.exists(place))
    return shutil.disk_usage(there).free


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _cannot_write(path: Path, error: OSError, num_bytes: int | None) -> str:
    size = "" if num_bytes is None else f" ({size_text(num_bytes)})"
    return (
        f"{path.name}{size} could not be written to {path.parent}: {error.strerror or error}; "
        f"{size_text(free_disk(path.parent))} are free there. Make room and the folder writable, "
        "or take a folder on another disk (in a lesson: data_dir)"
    )
