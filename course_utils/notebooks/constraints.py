"""The versions of all packages with which the committed lessons were executed, for pip."""

import sys
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from course_utils.files import write_whole

FILE_NAME = "constraints.txt"
HEAD = """\
# Written by `make notebooks`: the versions that made the lessons' stored outputs, on Python
# {python}. They are those of what requirements.txt names and of what that needs in turn. To install
# the very same for a class, on that Python:
#     pip install -r requirements.txt -c constraints.txt
# What only some systems need is left out, such as the libraries for NVIDIA's GPUs that torch brings
# along on Linux: torch itself says which versions of these it takes.
"""
SYSTEMS = (
    {"platform_system": "Linux", "sys_platform": "linux", "os_name": "posix"},
    {"platform_system": "Darwin", "sys_platform": "darwin", "os_name": "posix"},
    {"platform_system": "Windows", "sys_platform": "win32", "os_name": "nt"},
)


def write_constraints(project: Path) -> bool:
    """Write ``constraints.txt`` beside ``requirements.txt``; True if that changed it.

    Args:
        project: Folder with ``requirements.txt``.
    """
    lines = (project / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line[:1].isalpha()]
    python = "{}.{}".format(*sys.version_info)
    pins = [f"{name}=={Version(version(name)).public}\n" for name in sorted(_needed_by(wanted))]
    content = (HEAD.format(python=python) + "".join(pins)).encode()
    file = project / FILE_NAME
    if file.exists() and file.read_bytes() == content:
        return False
    write_whole(file, content)
    return True


def _needed_by(wanted: list[Requirement]) -> set[str]:
    """Names of the packages ``wanted`` and of all that they need, on whatever system."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = list(wanted)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        found.add(name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += _needed_for(name, extra)
    return found


def _needed_for(name: str, extra: str) -> Iterator[Requirement]:
    """What a package needs everywhere, for one of its extras or, with an empty name, for none."""
    for text in requires(name) or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None:
            if not extra:
                yield requirement
        elif all(marker.evaluate({**system, "extra": extra}) for system in SYSTEMS):
            yield requirement
