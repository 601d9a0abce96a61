"""How many cores there are to compute on."""

import math
import os

from course_utils.session.groups import cores_allowed


def usable_cores() -> int:
    """Cores that this process may use: those set aside for it, or a container's share of them."""
    if hasattr(os, "sched_getaffinity"):  # not every system can say
        set_aside = len(os.sched_getaffinity(0))
    else:
        set_aside = os.cpu_count() or 1
    return max(1, math.ceil(min(set_aside, cores_allowed())))
