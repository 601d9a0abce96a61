"""Networks asked about many pictures, those of one size together, so that none needs a border."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

BATCH, SMALL_BATCH = 64, 8  # a photograph takes much memory inside a network
Answer = TypeVar("Answer")


def ask_all(
    images: Tensor | Sequence[Tensor],
    ask: Callable[[list[Tensor]], list[Answer]],
    batch_size: int | None = None,
) -> list[Answer]:
    """Answers to all pictures, some at a time.

    Args:
        images: N of (C, H, W).
        ask: Gives an answer for each of some pictures.
        batch_size: Pictures at a time; changes the memory needed, not the answers. None takes
            ``SMALL_BATCH`` of pictures that come in several sizes, else ``BATCH``.

    Raises:
        ValueError: If ``batch_size`` is below 1.
    """
    if batch_size is None:
        batch_size = BATCH if isinstance(images, Tensor) else SMALL_BATCH
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    answers = []
    for first in range(0, len(images), batch_size):
        places = range(first, min(first + batch_size, len(images)))
        answers += ask([images[place] for place in places])
    return answers


def ask_by_size(
    images: Tensor | Sequence[Tensor], ask: Callable[[Tensor], Sequence[Answer]]
) -> list[Answer]:
    """Answers to N pictures, in their order.

    Args:
        images: N of (C, H, W) of any sizes.
        ask: Gives an answer for each of some pictures (B, C, H, W).
    """
    alike: dict[tuple, list[int]] = {}
    for place, image in enumerate(images):
        alike.setdefault((image.dtype, *image.shape), []).append(place)
    answers: dict[int, Answer] = {}
    for places in alike.values():
        found = ask(torch.stack([images[place] for place in places]))
        answers.update(zip(places, found, strict=True))
    return [answers[place] for place in range(len(images))]


def with_channels(image: Tensor, channels: int) -> Tensor:
    """A picture (C, H, W) with so many channels, equal ones where it is grey.

    Raises:
        ValueError: If it has others; it says how many.
    """
    if image.shape[0] not in (1, channels):
        wanted = "grey" if channels == 1 else f"grey or of {channels} channels"
        raise ValueError(
            f"pictures must be {wanted} for this network, got one of {image.shape[0]} channels"
        )
    return image.expand(channels, -1, -1)
