"""Why a picture could not be read: what an error says, and the way out."""

import os
from contextlib import nullcontext, suppress
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from course_utils.data.numbers import UnknownRangeError

File = str | os.PathLike | BinaryIO  # a path, or what was opened or uploaded
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")


class Unreadable(Enum):
    """Why a picture could not be read, and the way out."""

    DAMAGED = "damaged, or no picture", "repair or remove"
    CLOSED = "closed to this account", "allow it to read"
    MISSING = "moved, deleted, or a link to nowhere", "put back, or remove the link"
    UNREACHABLE = "on a disk that gave an error", "see whether the disk is connected"
    NO_MEMORY = "not read for lack of memory", "close other programs"
    TOO_LARGE = "larger than half of the free memory", "scale down, or close other programs"
    UNKNOWN_RANGE = "of numbers whose white is unknown", "save with 8 or 16 bits, black at 0"
    HEIC = "in Apple's format HEIC, which is not read here", "save as JPEG"


def reason_for(error: Exception, file: File) -> Unreadable:
    """What an ``error`` says that was raised while ``file`` was opened or decoded."""
    if isinstance(error, MemoryError):
        return Unreadable.NO_MEMORY
    if isinstance(error, Image.DecompressionBombError):
        return Unreadable.TOO_LARGE
    if isinstance(error, UnknownRangeError):
        return Unreadable.UNKNOWN_RANGE
    if isinstance(error, PermissionError):
        return Unreadable.CLOSED
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Unreadable.MISSING
    if isinstance(error, OSError) and error.errno is not None:  # Pillow's own have no number
        return Unreadable.UNREACHABLE
    if isinstance(error, UnidentifiedImageError) and _is_heic(file):
        return Unreadable.HEIC
    return Unreadable.DAMAGED


def _is_heic(file: File) -> bool:
    with suppress(OSError), nullcontext(file) if _is_open(file) else open(file, "rb") as opened:
        opened.seek(0)
        return opened.read(12)[4:] in {b"ftyp" + brand for brand in HEIC_BRANDS}
    return False


def _is_open(file: File) -> bool:
    return not isinstance(file, str | os.PathLike)


def reason_to_open(file: Path) -> Unreadable | None:
    """Why ``file`` cannot even be opened, or has no content; None where it can and has."""
    try:
        with open(file, "rb") as opened:
            return None if opened.read(1) else Unreadable.DAMAGED
    except OSError as error:
        return reason_for(error, file)
