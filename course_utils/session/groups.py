"""What a container leaves to this process: limits of Linux control groups, versions 1 and 2."""

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

GROUPS = Path("/sys/fs/cgroup")  # where Linux shows them; other systems have none
MEMBERSHIP = Path("/proc/self/cgroup")  # which of them this process is in
NO_LIMIT = 2**60  # bytes; version 1 writes a number above it where there is no limit


def memory_left() -> float:
    """Bytes that the control groups still allow; infinite where none sets a limit."""
    return min((_left_in(level) for level in _levels("memory")), default=math.inf)


def cores_allowed() -> float:
    """Cores whose time the control groups allow; infinite where none sets a limit."""
    allowed = [math.inf]
    for level in _levels("cpu"):
        quota = _numbers(level / "cpu.max")  # such as "150000 100000", or "max 100000"
        quota += _numbers(level / "cpu.cfs_quota_us") + _numbers(level / "cpu.cfs_period_us")
        if len(quota) == 2 and min(quota) > 0:  # version 1 writes -1 for no limit
            allowed.append(quota[0] / quota[1])
    return min(allowed)


def _left_in(level: Path) -> float:
    limits = [
        limit
        for name in ("memory.max", "memory.high", "memory.limit_in_bytes")
        for limit in _numbers(level / name)
        if limit < NO_LIMIT
    ]
    if not limits:
        return math.inf
    used = _numbers(level / "memory.current") + _numbers(level / "memory.usage_in_bytes")
    # Files that were read and not used lately count as used, and make room when it is asked for.
    used_by_files = max(
        _stat(level, "inactive_file"), _stat(level, "total_inactive_file")
    )  # the second: version 1, groups inside it included
    return max(0.0, min(limits) - max(0.0, sum(used[:1]) - used_by_files))


def _levels(controller: str) -> Iterator[Path]:
    """Folders of the groups that this process is in; a limit of each of them holds."""
    roots = {GROUPS, GROUPS / controller}
    yield from roots
    for line in _text(MEMBERSHIP).splitlines():  # such as "4:memory:/docker/1f0c", or "0::/"
        _, controllers, place = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        group = PurePosixPath(place.lstrip("/"))
        if ".." not in group.parts:  # then it lies outside of what this container is shown
            for root in roots:
                yield from (root / level for level in (group, *group.parents))


def _numbers(file: Path) -> list[float]:
    """The numbers in ``file``, "max" as infinite; none where there is no such file."""
    return [math.inf if word == "max" else float(word) for word in _text(file).split()]


def _stat(level: Path, name: str) -> float:
    lines = (line.split() for line in _text(level / "memory.stat").splitlines())
    return next((float(line[1]) for line in lines if line[0] == name), 0.0)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""
