"""Commands that can be stopped at any time, by Ctrl-C or by whoever ends their machine."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 130  # the exit code, as shells have it


@contextmanager
def stoppable() -> Iterator[None]:
    """A block in which Ctrl-C and SIGTERM both raise KeyboardInterrupt, and only once.

    What comes after the first is not heard, so that clearing up is not cut short: processes that
    were started would be left.
    """
    before = {number: signal.signal(number, _stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
