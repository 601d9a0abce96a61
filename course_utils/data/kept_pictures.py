"""Pictures that were decoded once, in a file that later runs only read."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.examples import PictureFiles
from course_utils.files import DamagedFileError, free_disk, size_text
from course_utils.tensor_files import keep_if_possible, load_tensors


def cache_name(kind: str, found: PictureFiles, shape: torch.Size) -> str:
    """Name of a file that keeps what was made of pictures; another one once a file has changed.

    The part before the last underscore is the same for the same kind, places and size.

    Args:
        kind: Of what is kept.
        found: The N files.
        shape: (N, C, H, W) of the pictures.
    """
    places = hashlib.sha256(f"{shape[1:]}".encode())
    content = hashlib.sha256()
    for file in found.files:
        try:
            state = file.stat()
            size_and_time = f"{state.st_size} {state.st_mtime_ns}"
        except OSError:  # a link to nowhere, or a closed folder
            size_and_time = "not there"
        places.update(os.fsencode(file.absolute().parent))
        content.update(os.fsencode(f"{file.absolute()} {size_and_time}\n"))
    return f"{kind}_{places.hexdigest()[:16]}_{content.hexdigest()[:16]}.pt"


def load_kept(file: Path | None, shape: torch.Size) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W), uint8, and which of them were read in an earlier run (N,), bool."""
    if file is not None and file.exists():
        try:
            return load_tensors(file)
        except (FileNotFoundError, DamagedFileError):
            file.unlink(missing_ok=True)
    if file is not None:
        _check_room(file.parent, shape.numel())
    return torch.zeros(shape, dtype=torch.uint8), torch.zeros(shape[0], dtype=torch.bool)


def _check_room(folder: Path, needed: int) -> None:
    """Refuse a folder that cannot keep ``needed`` bytes, before any picture is decoded."""
    way_out = "set data_dir to a folder that can"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = free_disk(folder)
        is_writable = os.access(folder, os.W_OK)
    except OSError as error:
        raise OSError(f"{folder} cannot keep pictures ({error.strerror}); {way_out}") from error
    if not is_writable:
        raise OSError(f"{folder} cannot be written; {way_out}")
    if free < needed:
        raise OSError(
            f"{folder} has {size_text(free)} free, but the decoded pictures need "
            f"{size_text(needed)}; free some disk space or {way_out}"
        )


def keep(images: Tensor, is_read: Tensor, file: Path) -> None:
    """Put them into ``file`` if that can be done, in the place of what older files kept."""
    if keep_if_possible((images, is_read), file):
        for older in set(file.parent.glob(f"{file.name.rpartition('_')[0]}_*.pt")) - {file}:
            with suppress(OSError):  # another run may be reading or removing it
                older.unlink()
