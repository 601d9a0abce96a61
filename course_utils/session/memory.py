"""How much memory is free for this process, and refusals of what does not fit into it."""

from pathlib import Path

import psutil

from course_utils.files import free_disk, size_text
from course_utils.session.groups import memory_left

WORTH_ASKING = 50e6  # bytes; less is always there, and asking takes a millisecond
SHARED_MEMORY = Path("/dev/shm")  # where processes of Linux hand one another tensors


def free_memory() -> float:
    """Bytes that this process may still take: what the machine has, or what its container allows.

    Memory that only keeps files that were read counts as free.
    """
    return min(psutil.virtual_memory().available, memory_left())


def free_shared_memory() -> float:
    """Bytes that processes may still share; a container often has 64 MB, however large it is."""
    if not SHARED_MEMORY.exists():  # on other systems it is ordinary memory
        return free_memory()
    return min(free_disk(SHARED_MEMORY), free_memory())


def check_memory(num_bytes: float, what: str, way_out: str) -> None:
    """Refuse work that needs more memory than is free, before it begins.

    Raises:
        MemoryError: With ``what`` needs it, how much, how much is free, and the ``way_out``.
    """
    if num_bytes > WORTH_ASKING and num_bytes > (free := free_memory()):
        raise MemoryError(
            f"{what} would need {size_text(num_bytes)} of memory, and {size_text(free)} are free; "
            f"{way_out}"
        )
