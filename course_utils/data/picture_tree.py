"""What lies in a folder, by its names alone: pictures, sub-folders, and what is passed over."""

import os
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from PIL import Image, features


class Reason(Enum):
    """Why a file or a folder is passed over, in the words and the order of the table."""

    CLOSED = "closed to this account, change their permissions"
    DANGLING = "links that lead nowhere, mend or remove them"
    CONVERT = "pictures in need of a converter, save them as JPEG or PNG"
    UNLABELLED = "pictures of parts without class folders, so without answers"
    BESIDE = "pictures beside the class folders"
    LOOP = "links back to a folder above"
    LEFTOVER = "thumbnails and leftovers of other programs"
    HIDDEN = "hidden files and folders"
    OTHER = "no pictures, by their endings"


LOST = (Reason.CLOSED, Reason.DANGLING)  # there may be pictures behind these

# Formats of photographs and drawings, not of films, icons, pages or measurements; HEIF is there
# once the plug-in pillow-heif is registered. Some need a library that Pillow may lack.
FORMATS = {
    *("AVIF", "HEIF", "JPEG", "JPEG2000", "WEBP"),
    *("BMP", "DIB", "GIF", "PCX", "PNG", "PPM", "SGI", "TGA", "TIFF"),
}
LIBRARIES = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}
CONVERTIBLE = {
    *(".heic", ".heif", ".hif", ".avif", ".webp", ".jp2", ".jxl"),  # of phones and the web
    *(".dng", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2"),  # of cameras
    *(".dcm", ".svg", ".psd", ".eps", ".exr", ".hdr"),  # of hospitals and studios
}
LEFTOVERS = {  # of Synology, QNAP, Windows, Linux and Macs
    *("@eadir", "#recycle", "#snapshot", "@__thumb", "@recycle"),
    *("$recycle.bin", "system volume information", "lost+found", "__macosx"),
}


@dataclass(frozen=True)
class Folder:
    """A folder, with what was found in it.

    Args:
        path: Where it is.
        pictures: The pictures directly in it.
        folders: Its sub-folders by name, sorted. Names are in Unicode's composed form: Macs and
            Windows store an umlaut differently, and mean the same.
        reasons: Why anything in it or below it was passed over.
    """

    path: Path
    pictures: tuple[Path, ...]
    folders: dict[str, "Folder"]
    reasons: frozenset[Reason]

    @property
    def all_pictures(self) -> list[Path]:
        """The pictures in it and below it, sorted."""
        below = [path for folder in self.folders.values() for path in folder.all_pictures]
        return sorted([*self.pictures, *below])

    @cached_property
    def num_pictures(self) -> int:
        """How many pictures are in it and below it."""
        return len(self.pictures) + sum(child.num_pictures for child in self.folders.values())

    @cached_property
    def full(self) -> dict[str, "Folder"]:
        """The sub-folders that hold pictures, themselves or below."""
        return {name: folder for name, folder in self.folders.items() if folder.num_pictures}

    @property
    def holds_other_things(self) -> bool:
        """Whether it holds files, such as lists of boxes, but nothing that might be a picture."""
        harmless = {Reason.LEFTOVER, Reason.HIDDEN, Reason.OTHER}
        return not self.num_pictures and Reason.OTHER in self.reasons and self.reasons <= harmless


PassedOver = dict[Reason, list[Path]]


def scan(
    root: Path, endings: set[str] | None = None, convertible: set[str] = CONVERTIBLE
) -> tuple[Folder, PassedOver]:
    """What ``root`` holds, and what is passed over there. Links are followed, no file is opened.

    Args:
        root: The folder.
        endings: Of other files that are looked for in place of pictures; None for pictures.
        convertible: Endings of files that a converter could make such files of.
    """
    passed_over: PassedOver = {reason: [] for reason in Reason}
    endings = picture_endings() if endings is None else endings
    folder = _scan(root, {_identity(root)}, (endings, convertible), passed_over)
    return folder, passed_over


def picture_endings() -> set[str]:
    """Endings of the pictures that this Pillow reads, in small letters, such as ``.jpg``."""
    known = {ending for ending, name in Image.registered_extensions().items() if _is_readable(name)}
    return known | {".mpo"}  # JPEGs of several views, which Pillow opens as such


def _is_readable(format_name: str) -> bool:
    library = LIBRARIES.get(format_name)
    return (
        format_name in FORMATS
        and format_name in Image.OPEN
        and (library is None or bool(features.check(library)))
    )


def _scan(
    path: Path,
    above: set[tuple[int, int]],
    endings: tuple[set[str], set[str]],
    passed_over: PassedOver,
) -> Folder:
    pictures, folders, reasons = [], {}, set()
    entries, reason = _entries(path)
    if reason is not None:
        passed_over[reason].append(path)
        reasons.add(reason)
    for entry in entries:
        place = Path(entry.path)
        reason = _reason_against(entry, endings, above)
        if reason is not None:
            passed_over[reason].append(place)
            reasons.add(reason)
        elif entry.is_dir():
            child = _scan(place, above | {_identity(place)}, endings, passed_over)
            name = unicodedata.normalize("NFC", entry.name)
            folders[name] = _join(folders[name], child) if name in folders else child
            reasons |= child.reasons
        else:
            pictures.append(place)
    return Folder(path, tuple(pictures), dict(sorted(folders.items())), frozenset(reasons))


def _entries(folder: Path) -> tuple[list[os.DirEntry], Reason | None]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name), None
    except PermissionError:
        return [], Reason.CLOSED
    except OSError:  # a drive that is gone
        return [], Reason.DANGLING


def _reason_against(
    entry: os.DirEntry, endings: tuple[set[str], set[str]], above: set[tuple[int, int]]
) -> Reason | None:
    """Why ``entry`` is neither a folder to look into nor a picture; None if it is one."""
    wanted, convertible = endings
    if entry.name.lower() in LEFTOVERS:
        return Reason.LEFTOVER
    if entry.name.startswith("."):
        return Reason.HIDDEN
    try:
        if entry.is_dir():
            return Reason.LOOP if _identity(Path(entry.path)) in above else None
        is_file = entry.is_file()
    except PermissionError:
        return Reason.CLOSED
    except OSError:  # a link to itself
        return Reason.DANGLING
    if entry.is_symlink() and not is_file:
        return Reason.DANGLING
    ending = Path(entry.name).suffix.lower()
    if ending not in wanted or not is_file:  # a pipe, say, would be waited for without end
        return Reason.CONVERT if ending in convertible else Reason.OTHER
    return None if os.access(entry.path, os.R_OK) else Reason.CLOSED


def _identity(folder: Path) -> tuple[int, int]:
    """What stays the same by whatever link one comes to ``folder``."""
    state = folder.stat()
    return state.st_dev, state.st_ino


def _join(one: Folder, other: Folder) -> Folder:
    """Two folders of one name, spelt with other code points, as one."""
    folders = dict(one.folders)
    for name, folder in other.folders.items():
        folders[name] = _join(folders[name], folder) if name in folders else folder
    pictures, reasons = one.pictures + other.pictures, one.reasons | other.reasons
    return Folder(one.path, pictures, dict(sorted(folders.items())), reasons)
