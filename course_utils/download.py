"""Files from the network: fetched once, checked, gone on with after a break, never overwritten."""

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO

from tqdm.auto import tqdm

from course_utils.files import DamagedFileError, free_disk, size_text

TIMEOUT_SECONDS = 30  # without a single byte from the server
SECONDS_BEFORE_PROGRESS = 3  # no bar for quick downloads, so lessons and batch runs stay clean
CHUNK_BYTES = 1 << 18
FEWEST_DIGITS = 8  # of a checksum: as many as torchvision puts in the names of its weights


class OfflineError(OSError):
    """A file is neither on this machine nor to be had now; the message says what to do."""


def offline_error(what: str, path: Path, url: str, instead: str, reason: str) -> OfflineError:
    """The error to raise when ``what`` is missing: where it was looked for and two ways out."""
    return OfflineError(
        f"{what} is not on this machine: looked for {path.absolute()}, and {reason}. Either "
        f"download {url} on a machine with a network and put the file at {path.absolute()}, or "
        f"run without it: {instead}"
    )


def download_file(url: str, path: Path, *, checksum: str, what: str, instead: str) -> None:
    """Make sure that ``path`` holds the right file, and fetch it from ``url`` if it is not there.

    A file that is there is checked and never changed. A download grows under the name of ``path``
    with ``.part`` at its end; after a break, the next call goes on from where it stopped.

    Args:
        url: Address of the file.
        path: Where the file is to be; its folder is made.
        checksum: ``"md5:"`` or ``"sha256:"`` and at least the first 8 hexadecimal digits.
        what: What the file is, for the message, such as ``"CIFAR-10 (170 MB)"``.
        instead: The setting that runs without it, such as ``'dataset = "digits"'``.

    Raises:
        DamagedFileError: If the file that is there, or what came, has another checksum.
        OfflineError: If it cannot be fetched, or the connection broke.
        ValueError: If ``checksum`` is no checksum, or the folder is full or not writable.
    """
    _parse(checksum)  # a wrong one is not to be found out after the download
    if path.exists():
        check_file(path, checksum)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        if not part.exists() or _difference(part, checksum):  # else stopped just before the end
            try:
                _fetch(url, part)
            except (OSError, HTTPException) as error:  # of the network: the disk's are ValueErrors
                # "from None", as in all of this file: the message says more than urllib's stack.
                raise offline_error(what, path, url, instead, _reason(error, part)) from None
            _remove_wrong(part, url, path, checksum)
        os.replace(part, path)
    except FileNotFoundError:  # another process fetched it at the same time and named it
        check_file(path, checksum)
    except PermissionError:  # Windows renames no file that another process has open
        if not path.exists():
            raise ValueError(
                f"{part} is complete and could not be renamed to {path.name}: if another program "
                "has it open, wait for it or close it, else make the folder writable; then run "
                "again"
            ) from None
        check_file(path, checksum)


def check_file(path: Path, checksum: str) -> None:
    """Raise DamagedFileError unless the file at ``path`` has ``checksum``, given as above."""
    difference = _difference(path, checksum)
    if difference:
        raise DamagedFileError(
            f"{path} ({path.stat().st_size:,} bytes) has {difference}: it is half-downloaded, "
            "damaged or another file; move or delete it, then run again"
        )


def _remove_wrong(part: Path, url: str, path: Path, checksum: str) -> None:
    """Remove ``part`` and raise DamagedFileError if it is complete and yet not the right file."""
    difference, num_bytes = _difference(part, checksum), part.stat().st_size
    if difference:
        part.unlink()
        raise DamagedFileError(
            f"{url} gave {num_bytes:,} bytes with {difference}: another file, perhaps a page that "
            "asks you to log in, or a damaged one. It was removed: run again, or get the file by "
            f"hand and put it at {path.absolute()}"
        )


def _fetch(url: str, part: Path) -> None:
    """Bring ``part`` to its full length; what it holds already is not fetched again."""
    num_bytes = part.stat().st_size if part.exists() else 0
    with _open(url, num_bytes) as response:
        start = num_bytes if response.status == 206 else 0  # 200: the server sends all of it
        length = response.headers.get("Content-Length")
        total = None if length is None else start + int(length)
        with _disk_errors(part, total):
            part.parent.mkdir(parents=True, exist_ok=True)
            _refuse_full(part, num_bytes, total)
            part.touch()
            # Not emptied, and written by place: two processes that fetch it at the same time then
            # write the same bytes to the same places, and neither harms the other.
            file = part.open("r+b", buffering=0)
        with file:
            file.seek(start)
            _receive(response, file, part, total)


def _open(url: str, start: int) -> HTTPResponse:
    headers = {"User-Agent": "course_utils"}  # some servers turn urllib's own name away
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:  # nothing lies behind start: what is there is too long
            return _open(url, 0)
        raise


def _receive(response: HTTPResponse, file: BinaryIO, part: Path, total: int | None) -> None:
    options = {"unit": "B", "unit_scale": True, "delay": SECONDS_BEFORE_PROGRESS, "leave": False}
    name = part.name.removesuffix(".part")
    with tqdm(total=total, initial=file.tell(), desc=name, **options) as bar:
        while chunk := response.read(CHUNK_BYTES):
            with _disk_errors(part, total):
                left = memoryview(chunk)
                while left:
                    left = left[file.write(left) :]
            bar.update(len(chunk))
    if total is not None and file.tell() < total:
        raise ConnectionError(f"the connection broke {total - file.tell():,} bytes before the end")
    with _disk_errors(part, total):
        file.truncate()  # a longer one was there, and the server sent all from the start
        os.fsync(file.fileno())  # else a power cut could leave the last name on an empty file


def _refuse_full(part: Path, num_bytes: int, total: int | None) -> None:
    free, needed = free_disk(part.parent), 0 if total is None else total - num_bytes
    if needed > free:
        raise ValueError(
            f"{part.parent} has {size_text(free)} free and {part.name.removesuffix('.part')} needs "
            f"{size_text(needed)}; make room, or set data_dir to a folder on another disk"
        )


@contextmanager
def _disk_errors(path: Path, num_bytes: int | None) -> Iterator[None]:
    """Tell what goes wrong on the disk from what goes wrong on the network: both are OSErrors."""
    try:
        yield
    except OSError as error:
        size = "a file" if num_bytes is None else size_text(num_bytes)
        raise ValueError(
            f"cannot write {size} to {path}: {error.strerror or error}; make room there or the "
            "folder writable, or set data_dir to another folder"
        ) from None


def _reason(error: Exception, part: Path) -> str:
    if isinstance(error, urllib.error.HTTPError):
        cause = f"HTTP {error.code} {error.reason}"
    else:
        cause = getattr(error, "reason", None) or str(error) or type(error).__name__
    kept = part.stat().st_size if part.exists() else 0
    more = f"; {kept:,} bytes are kept, and running again goes on from there" if kept else ""
    return f"the download stopped ({cause}{more})"


def _difference(path: Path, checksum: str) -> str:
    """What the file has and should have, in words; an empty text if it has ``checksum``."""
    kind, expected = _parse(checksum)
    digest = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    found = digest.hexdigest()
    if found.startswith(expected):
        return ""
    return f"{kind.upper()} {found[:16]}..., expected {expected[:16]}..."


def _parse(checksum: str) -> tuple[str, str]:
    kind, _, digits = checksum.lower().partition(":")
    if kind not in ("md5", "sha256") or len(digits) < FEWEST_DIGITS:
        raise ValueError(
            f'checksum must be "md5:" or "sha256:" and {FEWEST_DIGITS} or more digits, '
            f"got {checksum!r}"
        )
    return kind, digits
