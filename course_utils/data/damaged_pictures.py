"""How pictures that cannot be read are named, and what one can do about them."""

import os
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor


def report_damaged(
    files: Sequence[Path],
    labels: Tensor,
    class_names: Sequence[str],
    readable: Tensor,
    skip: bool,
) -> None:
    """Say which pictures are left out because they cannot be read, if any are.

    Args:
        files: N pictures.
        labels: Their classes (N,).
        class_names: Name of each class.
        readable: (N,), bool; False for those that cannot be read.
        skip: Whether to go on without them.

    Raises:
        ValueError: If there are some and ``skip`` is False, or if a class has no others.
    """
    damaged = [files[index] for index in (~readable).nonzero().flatten().tolist()]
    if not damaged:
        return
    root = os.path.commonpath([file.parent for file in files])
    names = listed([file.relative_to(root).as_posix() for file in damaged])
    if not skip:
        raise ValueError(
            f"{len(damaged):,} pictures in {root} cannot be read: {names}; repair or remove them, "
            "or go on without them by skip_unreadable = True"
        )
    left = set(labels[readable].tolist())
    empty = [name for label, name in enumerate(class_names) if label not in left]
    if empty:
        raise ValueError(
            f"no picture that can be read in the class folder {listed(empty)} of {root}; add some "
            "or remove the folder"
        )
    print(f"Went on without {len(damaged):,} pictures that cannot be read: {names}")


def damaged_in_stream(file: str) -> ValueError:
    """The error for a picture that turns out to be damaged while a lesson runs."""
    return ValueError(f"{file} cannot be read: repair or remove it, then run again")


def listed(names: Sequence[str]) -> str:
    """The first five names, and how many more there are."""
    rest = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + rest
