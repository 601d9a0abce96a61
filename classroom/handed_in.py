"""What students handed in, as files: folders, archives and notebooks, one or more of each student.

Nothing is unpacked onto the disk, and no link is followed. What cannot be read says why, and what
to do about it; nothing that was handed in is passed over without a word.
"""

import io
import json
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

MOST_BYTES = 100_000_000  # of all notebooks of one student, with their outputs
MOST_FILES = 100  # that are looked at, of one student
MOST_CELLS = 1000
MOST_DEPTH = 2  # of archives in folders or in archives
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
ARCHIVES = (".zip", *TARS)
LINK = "a link, which is not followed: put what it leads to there itself"
CHECKPOINT = "only a checkpoint, which is not read: hand in the notebook itself"
TOO_LARGE = (
    f"too large: with its outputs, over {MOST_BYTES // 1_000_000} MB of notebooks of one student; "
    "clear the outputs and hand it in again"
)
Found = tuple[str, int, Callable[[], bytes]]  # name of a file, its size, and how to read it


@dataclass(frozen=True)
class HandedIn:
    """One file of a student: a notebook, or why it is none."""

    name: str  # as the student named it, folders included
    notebook: NotebookNode | None = None  # sources and nbgrader's metadata only
    why_not: str = ""


class UnreadableError(Exception):
    """Something was handed in that cannot be read; the message says why."""


def find_students(folder: Path, lessons: Collection[str] = ()) -> dict[str, list[HandedIn]]:
    """What each student handed in; what lies there and is nobody's has an entry of its own.

    Args:
        folder: Holds a folder, an archive (zip or tar) or a notebook per student, named after the
            student.
        lessons: Names of notebooks, which are no part of a student's name.

    Raises:
        ValueError: If there is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; it should hold a folder or zip per student")
    found: dict[str, list[HandedIn]] = {}
    for entry in sorted(folder.iterdir()):
        if _is_hidden(entry.name):
            continue
        archive = _archive_ending(entry.name)
        if entry.is_symlink():
            student, files = entry.name, [HandedIn(printable(entry.name), why_not=LINK)]
        elif entry.is_dir():
            student, files = entry.name, _files(_in_folder(entry))
        elif archive:
            student = entry.name[: -len(archive)] or entry.name
            files = _files(_in_archive(entry.name, entry))
        elif _is_notebook(entry.name):
            student = _student_in(entry.stem, lessons)
            files = _files(iter([(entry.name, entry.stat().st_size, entry.read_bytes)]))
        else:
            why = "neither a folder, a zip or tar archive, nor a notebook: hand in one of these"
            student, files = entry.name, [HandedIn(printable(entry.name), why_not=why)]
        found.setdefault(student, []).extend(files)
    if not found:
        raise ValueError(f"{folder} is empty; put a folder or zip per student into it")
    return found


def _archive_ending(name: str) -> str:
    return next((name[-len(end) :] for end in ARCHIVES if name.lower().endswith(end)), "")


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _is_hidden(name: str) -> bool:
    """Whether some program left it there, such as Jupyter's checkpoints."""
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in Path(name).parts)


def _student_in(stem: str, lessons: Collection[str]) -> str:
    """The student in the name of a notebook such as ``ann_04_fine_tuning``."""
    for lesson in lessons:
        stem = re.sub(re.escape(lesson), "", stem, flags=re.IGNORECASE).strip(" _-.") or stem
    return stem


def _files(listed: Iterator[Found | HandedIn]) -> list[HandedIn]:
    """The files of a student: notebooks are read up to a limit, all together."""
    room, files, checkpoints = MOST_BYTES, [], []
    for found in islice(listed, MOST_FILES):
        if isinstance(found, HandedIn):
            files.append(found)
            continue
        name, size, read = found
        if _is_hidden(name):
            if _is_notebook(name) and ".ipynb_checkpoints" in Path(name).parts:
                checkpoints.append(HandedIn(printable(name), why_not=CHECKPOINT))
            continue
        try:
            if not _is_notebook(name):
                raise UnreadableError("not a notebook")
            if size > room:
                raise UnreadableError(TOO_LARGE)
            content = read()
            room -= len(content)
            files.append(HandedIn(printable(name), _read_notebook(content)))
        except UnreadableError as error:
            files.append(HandedIn(printable(name), why_not=str(error)))
        except Exception as error:  # a damaged or locked archive, a file that may not be read
            why = f"cannot be read ({type(error).__name__}): hand in the notebook itself"
            files.append(HandedIn(printable(name), why_not=why))
    return files or checkpoints


def _in_folder(folder: Path) -> Iterator[Found | HandedIn]:
    """The files below a folder, and in archives that lie there."""
    if not os.access(folder, os.R_OK | os.X_OK):
        yield HandedIn(printable(folder.name), why_not="a folder that this account may not read")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield HandedIn(printable(name), why_not=LINK)
        elif path.is_file():
            if _archive_ending(name) and not _is_hidden(name):
                yield from _in_archive(name, path)
            else:
                yield name, path.stat().st_size, path.read_bytes


def _in_archive(name: str, file: Path | io.BytesIO, depth: int = 1) -> Iterator[Found | HandedIn]:
    """The files in an archive, and in archives within it."""
    try:
        members = _in_tar if _archive_ending(name).lower() in TARS else _in_zip
        for inside, size, read in members(file):
            if _archive_ending(inside) and not _is_hidden(inside):
                if size > MOST_BYTES or depth == MOST_DEPTH:
                    why = "an archive that is too large or too deep inside another: unpack it first"
                    yield HandedIn(printable(inside), why_not=why)
                else:
                    yield from _in_archive(inside, io.BytesIO(read()), depth + 1)
            else:
                yield inside, size, read
    except Exception as error:  # what a damaged archive raises has no common class
        why = f"an archive that cannot be read ({type(error).__name__}): make it anew"
        yield HandedIn(printable(name), why_not=why)


def _in_zip(file: Path | io.BytesIO) -> Iterator[Found]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                # Some programs on Windows write names that other systems take for one long name.
                name = member.filename.replace("\\", "/")
                yield name, member.file_size, partial(archive.read, member)


def _in_tar(file: Path | io.BytesIO) -> Iterator[Found]:
    opened = {"name": file} if isinstance(file, Path) else {"fileobj": file}
    with tarfile.open(**opened, mode="r:*") as archive:
        for member in archive:
            if member.isfile():
                yield member.name, member.size, partial(_read_member, archive, member)
            if member.size > MOST_BYTES:
                return  # to see what comes behind it, all of it would have to be unpacked


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    return archive.extractfile(member).read()


def _read_notebook(content: bytes) -> NotebookNode:
    """A notebook without its outputs, which may be large and do not count.

    Raises:
        UnreadableError: If it is none.
    """
    if not content.strip():
        raise UnreadableError("empty")
    try:
        document = json.loads(content)
        if "worksheets" in document:  # how notebooks were written until 2015
            document = nbformat.convert(nbformat.from_dict(document), to_version=4)
        cells = [_read_cell(cell) for cell in document["cells"][: MOST_CELLS + 1]]
    except Exception as error:  # a file may hold anything
        if re.search(rb"^<{7} ", content, re.MULTILINE):
            why = "it holds conflict marks of git (<<<<<<<): resolve them, and hand it in again"
            raise UnreadableError(why) from error
        raise UnreadableError("broken: it cannot be read as a notebook") from error
    if len(cells) > MOST_CELLS:
        raise UnreadableError(f"more than {MOST_CELLS} cells")
    return nbformat.from_dict({"cells": cells})


def _read_cell(cell: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(cell.get("id", "")),
        "cell_type": str(cell["cell_type"]),
        "source": _text(cell.get("source", "")),
        "metadata": {"nbgrader": cell.get("metadata", {}).get("nbgrader")},
    }


def _text(source: object) -> str:
    text = source if isinstance(source, str) else "".join(map(str, source))
    text = text.replace("\r\n", "\n")  # how lines end on Windows
    return text.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be written


def printable(text: str, limit: int = 600) -> str:
    """Text from outside on one line, without what a file or a terminal could stumble over."""
    flat = " ".join(text[: 2 * limit].split())
    shown = "".join(letter if letter.isprintable() else "?" for letter in flat)
    return shown[:limit]


def stem_of(file: HandedIn) -> str:
    """The name of a file without folders and ending."""
    return PurePosixPath(file.name).stem
