"""Small trainings side by side, one to a core, and the same numbers as one after the other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import RLock
from typing import Any

import torch
from torch import nn

from course_utils.models.training_memory import bytes_to_train
from course_utils.session.memory import check_memory, free_memory
from course_utils.session.start import Session

SMALL = 1_000_000  # weights; layers of a larger network keep several cores busy by themselves
_turn = RLock()  # torch's global generator is one for all threads


def num_at_once(
    model: nn.Module, session: Session, batch_shape: Sequence[int] | None = None
) -> int:
    """How many trainings of ``model`` run side by side fastest: one for each of torch's threads.

    Only one where its layers are large enough to share the cores, or another device computes.

    Args:
        model: What is trained.
        session: Where.
        batch_shape: (B, C, H, W) of its batches, so that no more run than memory is free for; None
            where they are small.

    Raises:
        MemoryError: If not even one fits.
    """
    if session.device.type != "cpu":
        return 1
    num_weights = sum(weight.numel() for weight in model.parameters())
    at_once = 1 if session.compiled or num_weights > SMALL else torch.get_num_threads()
    if batch_shape is None:
        return at_once
    needed = bytes_to_train(model, batch_shape)
    check_memory(
        needed,
        f"training on {batch_shape[0]} pictures of {'x'.join(map(str, batch_shape[1:]))} at a time",
        "lower batch_size, input_size or image_size",
    )
    return max(1, min(at_once, int(free_memory() / max(1, needed))))


def side_by_side(
    work: Callable[..., Any], arguments: Iterable[tuple[Any, ...]], at_once: int
) -> list[Any]:
    """Results of ``work(*each)`` for each of ``arguments``, in their order.

    Args:
        work: Draws random numbers from generators of its own, or within ``seeded``; then results
            do not depend on ``at_once``.
        arguments: One tuple per call.
        at_once: Calls that run at the same time, each in a thread that computes on one core; 1
            calls one after the other.

    Raises:
        Exception: The first one of ``work``; calls that have not begun by then do not begin.
    """
    if at_once == 1:
        return [work(*each) for each in arguments]
    num_threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(at_once, initializer=torch.set_num_threads, initargs=(1,))
    try:
        return list(pool.map(lambda each: work(*each), arguments))
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(num_threads)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """A block whose random numbers from torch are those of ``seed``; outside nothing changes.

    One thread at a time is in such a block, so that no other takes numbers in between.
    """
    with _turn, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
