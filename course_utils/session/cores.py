"""How many cores there are to compute on."""

import os


def usable_cores() -> int:
    """Cores that this process may use; not every system can say which are set aside."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
