"""Pictures that belong together by their names: one burst, one patient, one camera."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS, PictureFiles
from course_utils.data.families import connected, families_of, is_chain
from course_utils.data.plain_text import counted

BY_FOLDER = "folder"


def groups_by_name(found: PictureFiles, root: Path, group_by: str, what: str = "picture") -> Tensor:
    """A number for each picture (N,), int64, the same for those that belong together.

    A file that has no such folder, or in which nothing matches, stands alone. Arguments and errors
    as of ``keys_by_name``.
    """
    keys = keys_by_name(found, root, group_by, what)
    numbers: dict[str, int] = {}
    return torch.tensor(
        [numbers.setdefault(key or f"/{place}", place) for place, key in enumerate(keys)]
    )


def keys_by_name(
    found: PictureFiles, root: Path, group_by: str, what: str = "picture"
) -> list[str]:
    """What each of N names says that its picture belongs to; empty where it says nothing.

    Args:
        found: The N files, each below a folder of its class.
        root: The folder that holds all of them.
        group_by: ``"folder"`` for the folders inside class folders; else a regular expression that
            is searched for in what stands below the class folder, such as ``"patient[0-9]+"``:
            equal matches belong together, also in several classes. If it has a group in brackets,
            that decides alone.
        what: What the files hold, for messages.

    Raises:
        ValueError: If the expression is none, or nothing matches anywhere.
    """
    names = [_below_class(file, found, place, root) for place, file in enumerate(found.files)]
    keys = _folders(names) if group_by == BY_FOLDER else _matches(names, group_by)
    if any(keys):
        return keys
    why = (
        f"no {what} lies in a folder inside its class folder"
        if group_by == BY_FOLDER
        else f"nothing in the names of the {what}s matches"
    )
    raise ValueError(
        f"group_by = {group_by!r}: {why}, such as {listed(sorted(names)[:3])}; set it to what "
        f"the names hold, or to None if every {what} stands alone"
    )


def join_groups(near: Tensor, named: Tensor, labels: Tensor) -> Tensor:
    """Numbers (N,) for what is nearly alike or has a name together, or both in steps.

    Where likeness would chain named groups into too much of a class, as among scans and drawings,
    the names alone decide.

    Args:
        near: Numbers (N,), the same for near copies.
        named: The same for what belongs together by its name.
        labels: (N,).
    """
    places = torch.arange(len(labels))
    pairs = []
    for groups in (near, named):
        some = places.new_zeros(int(groups.max()) + 1)
        some[groups] = places  # some place of each group
        pairs.append(torch.stack([places, some[groups]], dim=1))
    joined = connected(torch.cat(pairs), len(labels))
    sizes = labels.bincount()
    for family in families_of(joined):
        has_several = len(named[list(family)].unique()) > 1
        if has_several and is_chain(family, labels, sizes):
            return named
    return joined


def describe_groups(groups: Tensor, near: Tensor, parts: Tensor | None, group_by: str) -> str:
    """How many groups there are, how many near copies they part, and what lies in two parts.

    Args:
        groups: As they will be used (N,).
        near: Numbers (N,), the same for near copies.
        parts: (N,), places in ``PARTS``; None where the split is still to be drawn.
        group_by: What they were made by.
    """
    _, counts = groups.unique(return_counts=True)
    sizes = counts[counts > 1]
    least, most = (int(end) for end in sizes.aminmax()) if len(sizes) else (0, 0)
    said = (
        f"Grouped by {group_by!r}: {len(sizes):,} groups of {least:,} to {most:,} pictures, and "
        f"{int((counts == 1).sum()):,} pictures alone"
    )
    apart = sum(len(groups[list(family)].unique()) > 1 for family in families_of(near))
    if apart:
        lie = "lies" if apart == 1 else "lie"
        said += (
            f". {counted(apart, 'set')} of near copies {lie} in several groups; joining these "
            "would put too much of a class together"
        )
    if parts is None:
        return f"{said}. A split keeps each group in one part"
    held = {PARTS[number]: groups[parts == number] for number in parts.unique().tolist()}
    learned = held.pop("train")
    across = {part: int(torch.isin(some, learned).sum()) for part, some in held.items()}
    told = ", ".join(f"{count:,} in {part}" for part, count in across.items() if count)
    if not told:
        return f"{said}. None is in two parts of the folder"
    return (
        f"{said}. Pictures whose group is in training, too: {told}. They stay where they are, "
        "and their scores are too good; split_anew = True forgets the folder's parts"
    )


def _below_class(file: Path, found: PictureFiles, place: int, root: Path) -> str:
    """The path of ``file`` below the folder of its class, with ``/`` between folders."""
    steps = unicodedata.normalize("NFC", file.relative_to(root).as_posix()).split("/")
    name = found.class_names[int(found.labels[place])]
    start = steps.index(name) + 1 if name in steps[:-1] else len(steps) - 1
    return "/".join(steps[start:])


def _folders(names: Sequence[str]) -> list[str]:
    return [name.rpartition("/")[0] for name in names]


def _matches(names: Sequence[str], pattern: str) -> list[str]:
    try:
        search = re.compile(pattern).search
    except re.error as error:
        raise ValueError(
            f"group_by = {pattern!r} is no regular expression: {error}; give one, such as "
            f"'patient[0-9]+', or {BY_FOLDER!r}"
        ) from error
    found = [search(name) for name in names]
    return ["" if match is None else match[match.re.groups and 1] or "" for match in found]
