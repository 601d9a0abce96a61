"""Folders that look as Linux shows control groups, for tests to name in place of the real ones."""

from pathlib import Path

import pytest

from course_utils.session import groups


def write_groups(
    folder: Path, monkeypatch: pytest.MonkeyPatch, membership: str = "", **files: str
) -> Path:
    """Let this process be in groups with such files; ``__`` in a name is a ``/``, ``_`` a dot.

    Args:
        folder: Takes the place of ``/sys/fs/cgroup``.
        monkeypatch: Undoes it after the test.
        membership: What ``/proc/self/cgroup`` says.
        files: Content by name, such as ``memory_max="max"`` or ``docker__memory_max="2000"``.
    """
    for name, content in files.items():
        *folders, name = name.split("__")
        file = Path(folder, *folders, name.replace("_", ".", 1))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content + "\n")
    (folder / "membership").write_text(membership)
    monkeypatch.setattr(groups, "GROUPS", folder)
    monkeypatch.setattr(groups, "MEMBERSHIP", folder / "membership")
    return folder
