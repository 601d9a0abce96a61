"""Files of annotations, and the pictures that they name: found below one folder, read as text."""

import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from course_utils.data.damaged_pictures import listed
from course_utils.data.part_names import split_name
from course_utils.data.picture_tree import LEFTOVERS, scan


class AnnotationError(ValueError):
    """A file of annotations does not hold what it should; the message says what it holds."""


class Pictures:
    """All pictures below ``root``, found by the names that annotations give them.

    Args:
        root: The folder.
        not_in: Names of folders in which lies something else that looks like pictures.
    """

    def __init__(self, root: Path, not_in: Collection[str] = ()) -> None:
        folder, _ = scan(root)
        found = folder.all_pictures
        self.root = root
        self.files = tuple(f for f in found if not set(f.relative_to(root).parts) & set(not_in))
        self.folders = {file.parent for file in self.files}
        self._by_name: dict[str, list[Path]] = {}
        self._by_stem: dict[str, list[Path]] = {}
        for file in self.files:
            self._by_name.setdefault(composed(file.name), []).append(file)
            self._by_stem.setdefault(composed(file.stem), []).append(file)

    def named(self, name: str, near: Path, part: str = "") -> Path | None:
        """The picture that an annotation in the folder ``near`` calls ``name``.

        Folders in the name are compared as far as they are there: they may be those of another
        computer. Of several, the one next to the annotation or in its part is meant.
        """
        wanted = PurePosixPath(composed(name.replace("\\", "/")))
        found = self._by_name.get(wanted.name, [])
        ends = [file for file in found if f"/{composed(file.as_posix())}".endswith(f"/{wanted}")]
        return self._nearest(ends or found, near, part)

    def with_stem(self, stem: str, near: Path, part: str = "") -> Path | None:
        """The picture whose name without its ending is ``stem``; of several as above."""
        return self._nearest(self._by_stem.get(composed(stem), []), near, part)

    def name_of(self, file: Path) -> str:
        """``file`` as seen from the folder."""
        return (
            file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)
        )

    def part_of(self, file: Path) -> str:
        """The part whose name a folder above ``file`` has, or none."""
        return part_in_path(file.parent.relative_to(self.root).parts)

    def _nearest(self, found: list[Path], near: Path, part: str) -> Path | None:
        if len(found) < 2:
            return found[0] if found else None
        beside = [file for file in found if file.is_relative_to(near)]
        same_part = [file for file in found if part and self.part_of(file) == part]
        for few in (beside, same_part):
            if len(few) == 1:
                return few[0]
        return None


def composed(name: str) -> str:
    """``name`` in Unicode's composed form: Macs and Windows store an umlaut differently."""
    return unicodedata.normalize("NFC", name)


def part_in_path(folders: Iterable[str]) -> str:
    """The part that one of ``folders`` spells and nothing else, such as ``train2017``."""
    spelt = (split_name(folder) for folder in reversed(list(folders)))
    return next((found[0] for found in spelt if found and not found[1]), "")


def files_below(root: Path, ending: str) -> list[Path]:
    """Files with that ending, in small letters or large ones, sorted; links are followed.

    Hidden ones and leftovers of other programs are passed over, as for pictures.
    """
    found, seen = [], set()
    for folder, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        folders[:] = [] if real in seen else [name for name in folders if _is_own(name)]
        if real in seen:
            continue
        seen.add(real)
        files = [name for name in names if _is_own(name) and name.lower().endswith(ending)]
        found += [Path(folder, name) for name in files]
    return sorted(found)


def _is_own(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in LEFTOVERS


def read_text(file: Path | bytes, encoding: str | None = None) -> str:
    """The text of ``file``, which is UTF-8 with or without a mark, or UTF-16 with one.

    Args:
        file: Where it is, or what it holds.
        encoding: What it is, where it is something else.

    Raises:
        AnnotationError: If it cannot be read as such.
    """
    try:
        content = file if isinstance(file, bytes) else file.read_bytes()
    except OSError as error:
        raise AnnotationError(f"cannot be opened ({error.strerror})") from error
    coding = encoding or ("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    try:
        return content.decode(coding)
    except UnicodeDecodeError as error:
        raise AnnotationError(
            f"is not text in {encoding or 'UTF-8'} (byte {error.start:,}); save it in UTF-8"
        ) from error


def text_of(file: Path) -> str:
    """As ``read_text``, for a file without which nothing can be read.

    Raises:
        ValueError: If it cannot be read as text; it names the file.
    """
    try:
        return read_text(file)
    except AnnotationError as error:
        raise ValueError(f"{file} {error}") from error


def root_of(path: Path, ending: str) -> Path:
    """The folder of ``path``: itself, or where that one file with ``ending`` lies.

    Raises:
        ValueError: If there is nothing, or it is another file.
    """
    if path.is_dir():
        return path
    if path.is_file() and path.suffix.lower() in ending.split():
        return path.parent
    what = "it is another file" if path.exists() else f"looked for {path.absolute()}"
    raise ValueError(f"{path} is no folder and no file with {ending} ({what}); check the path")


def number_names(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def refuse_none(root: Path, what: str, instead: Iterable[Path] = ()) -> ValueError:
    """The error for a folder without files of a form; it says what lies there."""
    there = [path.relative_to(root).as_posix() for path in instead]
    said = f"; there are {listed(there)}" if there else ""
    return ValueError(f"there is no {what} in {root}{said}; check the path and the form")
