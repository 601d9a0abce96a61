"""The same work on many files, in threads, with a bar where it takes long."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tqdm.auto import tqdm

from course_utils.session.cores import usable_cores

SECONDS_BEFORE_PROGRESS = 10  # no bar for quick loads, so lessons and batch runs stay clean
WAITING = 4  # threads more than cores: some wait for the disk
Given, Made = TypeVar("Given"), TypeVar("Made")


def for_each(
    work: Callable[[Given], Made], items: Sequence[Given], unit: str = "picture"
) -> list[Made]:
    """What ``work`` makes of each of the ``items``, in their order.

    Args:
        work: Called in threads.
        items: What it is called with.
        unit: What each is called at the bar.
    """
    with ThreadPoolExecutor(usable_cores() + WAITING) as pool:
        done = pool.map(work, items)
        bar = {"total": len(items), "delay": SECONDS_BEFORE_PROGRESS, "unit": unit}
        return list(tqdm(done, leave=False, **bar))
