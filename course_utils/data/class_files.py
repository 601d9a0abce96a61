"""Files of any kind, sorted into a folder for each class: listed, and what lies beside them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import torch

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.examples import PictureFiles
from course_utils.data.layout import EVERY
from course_utils.data.name_groups import keys_by_name
from course_utils.data.picture_tree import CONVERTIBLE, Folder, PassedOver, Reason, scan


@dataclass(frozen=True)
class ClassFile:
    """One file.

    Args:
        path: Where it is.
        label: The name of its class.
        part: train, val or test; empty where the folder has no parts.
        group: What it belongs together with by its name; empty where that says nothing.
    """

    path: Path
    label: str
    part: str
    group: str = ""


def scan_classes(
    path: str | Path, endings: set[str] | None = None, convertible: set[str] = CONVERTIBLE
) -> tuple[Path, Folder, PassedOver, bool]:
    """A folder looked through: its path, what it holds, what is passed over, all folders classes.

    Args:
        path: The folder; with ``/*`` at its end every folder in it is a class.
        endings: As of ``scan``.
        convertible: As of ``scan``.

    Raises:
        ValueError: If there is no such folder, or it is closed.
    """
    path = Path(path).expanduser()
    root = path.parent if path.name == EVERY else path
    if not root.is_dir():
        found = "it is a file" if root.exists() else f"looked for {root.absolute()}"
        raise ValueError(f"there is no folder {root} ({found}); check the path")
    tree, passed_over = scan(root, endings, convertible)
    if root in passed_over[Reason.CLOSED]:
        raise ValueError(f"this account may not read the folder {root}; change its permissions")
    return root, tree, passed_over, path.name == EVERY


def list_files(
    parts: Mapping[str, Folder], root: Path, group_by: str | None, what: str
) -> list[ClassFile]:
    """All files of all classes, part by part.

    Args:
        parts: The folder that holds the classes of each part, as ``read_layout`` gives them.
        root: The folder that holds all of them.
        group_by: As of ``keys_by_name``; None groups nothing.
        what: What a file holds, for messages.

    Raises:
        ValueError: If nothing can be grouped.
    """
    found = [
        (file, label, part)
        for part, folder in parts.items()
        for label, inner in folder.folders.items()
        for file in inner.all_pictures
    ]
    if group_by is None or not found:
        return [ClassFile(*one) for one in found]
    names = sorted_names([label for _, label, _ in found])
    labels = torch.tensor([names.index(label) for _, label, _ in found])
    files = PictureFiles(tuple(file for file, _, _ in found), labels, names)
    groups = keys_by_name(files, root, group_by, what)
    return [ClassFile(*one, group) for one, group in zip(found, groups, strict=True)]


def sorted_names(labels: Sequence[str]) -> tuple[str, ...]:
    """The different names of classes in order; whole numbers by their size."""
    names = set(labels)
    if all(re.fullmatch(r"-?\d{1,18}", name) for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))


def find_passed_over(
    passed_over: PassedOver, root: Path, outcomes: Mapping[Reason, Enum]
) -> list[Finding]:
    """What was passed over for one of these reasons, each with the outcome that it stands for."""
    return [
        Finding(outcomes[reason], path.relative_to(root).as_posix())
        for reason, paths in passed_over.items()
        if reason in outcomes
        for path in paths
    ]


def say_folders(parts: Mapping[str, Folder], what: str) -> str:
    """How the folders were read, in a sentence."""
    where = ", ".join(f"{part} from {folder.path.name}" for part, folder in parts.items() if part)
    return f"A folder for each class, and in it a {what} a file" + (f": {where}." if where else ".")
