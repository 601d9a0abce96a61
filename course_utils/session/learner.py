"""The learner in front of the notebook: whether there is one, and the one file that remembers.

``progress.json`` in the folder for files holds guesses, quizzes, exercises and lessons done. It is
written whole or not at all; who deletes it loses what it remembers and nothing else.
"""

import json
from pathlib import Path
from typing import Any

from IPython import get_ipython

from course_utils.files import PROJECT_FOLDER, one_run_at_a_time, write_whole

KINDS = ("guesses", "quizzes", "exercises", "lessons")

_folder = PROJECT_FOLDER / "data"


def is_live() -> bool:
    """Whether a person runs this cell in a notebook's front-end, and no batch run does.

    JupyterLab and its like say with each cell that they run which cell it is; papermill, nbclient
    and nbval do not.
    """
    kernel = getattr(get_ipython(), "kernel", None)  # None in a script, in a plain test
    return kernel is not None and "cellId" in kernel.get_parent().get("metadata", {})


def remember_in(folder: Path) -> None:
    """Keep ``progress.json`` in ``folder`` from now on."""
    global _folder
    _folder = folder


def keep(kind: str, name: str, value: Any) -> None:
    """Remember ``value`` under ``name``; where the file cannot be written, say so and go on.

    Args:
        kind: One of ``KINDS``.
        name: What it is about, such as ``"02 shuffled labels"``.
        value: Anything JSON can hold.

    Raises:
        ValueError: If there is no such ``kind``.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    file = _folder / "progress.json"
    try:
        with one_run_at_a_time(file):  # of two lessons at once, neither forgets the other's
            kept = _read_file()
            kept[kind][name] = value
            write_whole(file, json.dumps(kept, indent=1).encode())
    except OSError as error:
        print(f"Your progress could not be kept in {_folder.name}/. Go on. ({error})")


def remembered(kind: str) -> dict[str, Any]:
    """All that is kept of one of ``KINDS``, by name."""
    return _read_file()[kind]


def _read_file() -> dict[str, dict[str, Any]]:
    try:
        found = json.loads((_folder / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # deleted or damaged: the learner starts a new one
        found = {}
    found = found if isinstance(found, dict) else {}
    return {kind: found[kind] if isinstance(found.get(kind), dict) else {} for kind in KINDS}
