"""Tensors in files: written whole or not at all, checked when read."""

import hashlib
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_utils.files import DamagedFileError, whole_file

CHUNK_BYTES = 1 << 20


def save_tensors(content: Any, path: Path) -> None:
    """Write tensors, and lists, dictionaries and numbers around them, whole or not at all.

    Raises:
        OSError: If the disk is full or the folder cannot be written; nothing is left behind.
    """
    with whole_file(path, _bytes_of_tensors(content) or None) as file:
        try:
            torch.save(content, file)
        except RuntimeError as error:  # what torch makes of a write that failed
            raise OSError("is the disk full?") from error


def keep_if_possible(content: Any, path: Path) -> bool:
    """``save_tensors`` for what can be computed again; on a full disk, say so and return False."""
    try:
        save_tensors(content, path)
    except OSError as error:
        print(f"{error}. Going on without keeping it.")
        return False
    return True


def load_tensors(path: Path, sha256: str | None = None) -> Any:
    """Read what ``save_tensors`` wrote, onto the CPU; no code in the file is ever run.

    Args:
        path: The file.
        sha256: What the file's SHA-256 must be, 64 hexadecimal digits; None to take any.

    Raises:
        FileNotFoundError: If there is no such file.
        DamagedFileError: If the checksum differs or the file is cut short.
    """
    with path.open("rb") as file:  # once: another run may put a new one in its place
        if sha256 is not None:
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
            if digest.hexdigest() != sha256:
                raise DamagedFileError(
                    f"{path.name} has SHA-256 {digest.hexdigest()[:16]}..., expected "
                    f"{sha256[:16]}...: it is damaged or another file. Delete it and get it again."
                )
            file.seek(0)
        try:
            return torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # damaged bytes raise whatever they happen to mean
            raise DamagedFileError(
                f"{path.name} ({os.fstat(file.fileno()).st_size:,} bytes) cannot be read: cut "
                "short, or not a file of tensors. Delete it and make it again."
            ) from error


def _bytes_of_tensors(content: Any) -> int:
    """Bytes of all tensors in ``content``, nearly those of its file."""
    if isinstance(content, Tensor):
        return content.nbytes
    if isinstance(content, dict):
        content = list(content.values())
    return sum(map(_bytes_of_tensors, content)) if isinstance(content, list | tuple) else 0
