"""Pictures copied into a folder for each class, overwriting nothing."""

import os
import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from course_utils.files import whole_file

FORBIDDEN = set('<>:"/\\|?*%') | {chr(code) for code in range(32)}  # on some system
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


class Sorter:
    """A folder that pictures are copied into, class by class.

    Args:
        folder: Where; made with the first picture.
        class_names: K names, any text.

    Raises:
        ValueError: If there is something in the folder already.
    """

    def __init__(self, folder: Path, class_names: Sequence[str]) -> None:
        refuse_used(folder, "--sort")
        self._folder, self._names = folder, folder_names(class_names)
        self._taken: defaultdict[int, set[str]] = defaultdict(set)

    def add(self, file: Path, label: int) -> str | None:
        """Copy ``file`` into the folder of the class ``label``; return why that cannot be done."""
        name = free_name(file.stem, file.suffix, self._taken[label])
        copy = self._folder / self._names[label] / name
        try:
            with file.open("rb") as source, whole_file(copy) as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            return f"not copied: {error}"
        return None


def refuse_used(folder: Path, option: str) -> None:
    """Raise ValueError, which names the ``option``, if there is something in ``folder`` already."""
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(
            f"{folder} is there already and not empty, and nothing is overwritten: give {option} "
            "another folder"
        )


def free_name(stem: str, suffix: str, taken: set[str]) -> str:
    """A name for a file that is not among ``taken``, small letters, to which it is added."""
    name, number = f"{stem}{suffix}", 1
    while name.lower() in taken:  # "a.jpg" and "A.jpg" are one on some systems
        number += 1
        name = f"{stem} ({number}){suffix}"
    taken.add(name.lower())
    return name


def folder_names(class_names: Sequence[str]) -> list[str]:
    """A name for the folder of each class, different on every system; most often the class's own.

    Signs that some system does not allow are written as ``%`` and their number.
    """
    found: list[str] = []
    for name in class_names:
        safe = "".join(f"%{ord(s):02X}" if s in FORBIDDEN else s for s in name)[:100]
        if safe != safe.rstrip(". ") or not safe:
            safe += "%"
        if safe.split(".")[0].lower() in RESERVED:
            safe = f"%{safe}"
        unique, number = safe, 1
        while unique.lower() in {other.lower() for other in found}:
            number += 1
            unique = f"{safe}%{number}"
        found.append(unique)
    return found
