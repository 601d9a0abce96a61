"""Tensors in files: written whole or not at all, checked when read."""

import hashlib
import io
from pathlib import Path
from typing import Any

import torch

from course_utils.files import DamagedFileError, whole_file


def save_tensors(content: Any, path: Path) -> None:
    """Write tensors, and lists, dictionaries and numbers around them, whole or not at all.

    Raises:
        OSError: If the disk is full or the folder cannot be written; nothing is left behind.
    """
    with whole_file(path) as file:
        try:
            torch.save(content, file)
        except RuntimeError as error:  # what torch makes of a write that failed
            raise OSError(f"{path.name} could not be written: is the disk full?") from error


def keep_if_possible(content: Any, path: Path) -> bool:
    """``save_tensors`` for what can be computed again; on a full disk, say so and return False."""
    try:
        save_tensors(content, path)
    except OSError as error:
        print(f"{path.name} could not be kept in {path.parent}: {error}. Going on without it.")
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
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise DamagedFileError(
            f"{path.name} has SHA-256 {found[:16]}..., expected {sha256[:16]}...: it is damaged or "
            "another file. Delete it and get it again."
        )
    try:
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise DamagedFileError(
            f"{path.name} ({len(content):,} bytes) cannot be read: cut short, or not a file of "
            "tensors. Delete it and make it again."
        ) from error
