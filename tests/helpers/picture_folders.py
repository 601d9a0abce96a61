"""Folders of pictures as people have them, and another user to look at them."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from tests.helpers.picture_files import unlike_others

NOBODY = 65534  # the user that owns nothing, on Linux

DROP = f"""
import os, sys
import scipy.sparse
from PIL import Image
from course_utils.data.folder import load_folder
from course_utils.data.survey_folder import survey_folder
Image.init()  # what is imported later might lie where only root may read
if os.getuid() == 0:
    os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY})
"""


def png() -> bytes:
    """The bytes of a small picture that no other equals."""
    buffer = BytesIO()
    unlike_others(4).save(buffer, "png")
    return buffer.getvalue()


def fill(root: Path, classes: Sequence[str], number: int = 2, *, ending: str = ".png") -> Path:
    """Write ``number`` pictures into each folder of ``classes``, such as ``train/cat``."""
    for name in classes:
        (root / name).mkdir(parents=True, exist_ok=True)
        for index in range(number):
            (root / name / f"{index}{ending}").write_bytes(png())
    return root


def write(root: Path, *paths: str) -> None:
    """Write a file of a few bytes at each of ``paths``, with its folders."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"some bytes")


def run_as_other_user(code: str, folder: Path) -> str:
    """What ``code`` prints in a process that is not root, with the folder as ``sys.argv[1]``."""
    if not hasattr(os, "setuid"):
        pytest.skip("this system has no users to change to")
    command = [sys.executable, "-c", DROP + textwrap.dedent(code), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if "PermissionError" in done.stderr.rpartition("os.setuid")[2] and "setgroups" in done.stderr:
        pytest.skip("this container does not let root become another user")
    assert done.returncode == 0, done.stderr
    return done.stdout
