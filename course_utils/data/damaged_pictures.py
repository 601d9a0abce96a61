"""How pictures that cannot be read, or show nothing, are named, and what one can do about them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.data.unreadable import Unreadable

NEARLY_BLACK = 16  # of 255


def report_unreadable(
    files: Sequence[Path],
    labels: Tensor,
    class_names: Sequence[str],
    unreadable: Mapping[int, Unreadable],
    skip: bool,
) -> None:
    """Say which pictures are left out because they cannot be read, and why, if any are.

    Args:
        files: N pictures.
        labels: Their classes (N,).
        class_names: Name of each class.
        unreadable: Reasons by the places of those that cannot be read.
        skip: Whether to go on without them.

    Raises:
        ValueError: If there are some and ``skip`` is False, or if a class has no others.
    """
    if not unreadable:
        return
    root = os.path.commonpath([file.parent for file in files])
    by_reason = []
    for reason in Unreadable:
        places = [place for place in sorted(unreadable) if unreadable[place] is reason]
        names = listed([files[place].relative_to(root).as_posix() for place in places])
        if places:
            what, way_out = reason.value
            by_reason.append(f"{names} ({what}: {way_out})")
    reasons = "; ".join(by_reason)
    num_pictures = counted(len(unreadable), "picture")
    if not skip:
        raise ValueError(
            f"{num_pictures} in {root} cannot be read: {reasons}; then run again, or "
            "go on without them by skip_unreadable = True"
        )
    left = {label for place, label in enumerate(labels.tolist()) if place not in unreadable}
    empty = [name for label, name in enumerate(class_names) if label not in left]
    if empty:
        raise ValueError(
            f"no picture that can be read in the class folder {listed(empty)} of {root}; add some "
            f"or remove the folder. Not read: {reasons}"
        )
    print(f"Went on without {num_pictures} that cannot be read: {reasons}")


def unreadable_in_stream(file: str, reason: Unreadable) -> ValueError:
    """The error for a picture that turns out to be unreadable while a lesson runs."""
    what, way_out = reason.value
    return ValueError(f"{file} cannot be read ({what}: {way_out}); then run again")


def report_blank(files: Sequence[Path], images: Tensor, is_read: Tensor) -> None:
    """Say which pictures show nothing: they are nearly black, or of one value.

    Args:
        files: N pictures.
        images: What was read of them (N, C, H, W), uint8.
        is_read: (N,), bool; the others are passed over.
    """
    if images.shape[-1] == 1:  # one pixel is always of one value
        return
    low, high = images.amin(dim=(2, 3)), images.amax(dim=(2, 3))  # (N, C)
    is_blank = (high <= NEARLY_BLACK).all(dim=1) | (low == high).all(dim=1)
    blank = [files[place] for place in (is_blank & is_read).nonzero().flatten().tolist()]
    if blank:
        root = os.path.commonpath([file.parent for file in files])
        names = listed([file.relative_to(root).as_posix() for file in blank])
        print(
            f"Nearly black or of one value: {counted(len(blank), 'picture')}: {names}. Look at "
            "them. (12 bits kept in 16 come out so; save such pictures with white at 65,535.)"
        )


def listed(names: Sequence[str]) -> str:
    """The first five names, and how many more there are."""
    rest = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + rest
