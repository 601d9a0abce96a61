"""What the project's commands print, also where not every character or path can be shown."""

import io
import os
import sys
from pathlib import Path


def replace_unprintable() -> None:
    """Print ``?`` from now on for what standard output cannot encode, such as a tick in cp1252.

    Python would raise UnicodeEncodeError there, in the middle of a run. On standard error it writes
    such a character as an escape by itself.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a test may put something else in its place
        sys.stdout.reconfigure(errors="replace")


def from_here(path: Path) -> str:
    """``path`` as seen from the folder in which the command was given."""
    try:
        return os.path.relpath(path)
    except ValueError:  # on another drive of Windows, to which no relative path leads
        return str(path.absolute())
