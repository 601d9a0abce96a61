"""Whether submissions can be run inside bubblewrap here, and if not, what to do."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

OPEN = (
    "submissions can read and write what this account can, the gradebook among it, and reach the "
    "network. Time, memory and output are limited"
)
# Where it says 1 (Ubuntu from 23.10 on), programs without a profile of AppArmor may make no rooms.
UBUNTUS_LOCK = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def has_bubblewrap() -> bool:
    """Whether ``bwrap`` is here and may make the rooms it needs."""
    return why_not_protected() is None


@cache
def why_not_protected() -> str | None:
    """What keeps submissions from being run inside ``bwrap``, and what to do; None if nothing."""
    if shutil.which("bwrap") is None:
        why, way_out = "bubblewrap (bwrap) is not here", "Install bubblewrap"
    else:
        command = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
        trial = subprocess.run(command, capture_output=True, text=True, check=False)
        if trial.returncode == 0:
            return None
        said = trial.stderr.strip() or f"it ends with status {trial.returncode}"
        why = f"bubblewrap is here, but this system does not let it work ({said})"
        way_out = _how_to_allow_it()
    return f"{why}: {OPEN}. {way_out}, or grade in an account of its own."


def _how_to_allow_it() -> str:
    if UBUNTUS_LOCK.exists() and UBUNTUS_LOCK.read_text().strip() == "1":
        return f"Allow it, until the next start, by sudo sysctl -w kernel.{UBUNTUS_LOCK.name}=0"
    return "Ask who runs this system to allow user namespaces"
