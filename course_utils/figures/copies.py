"""Pictures that were found to be copies, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from course_utils.data.copies_found import Copies
from course_utils.data.streamed import StreamedImages
from course_utils.figures.plots import plot_images

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAIRS_IN_A_ROW = 5


def plot_copies(
    images: Tensor | StreamedImages, copies: Copies, most: int = 10, ax: Axes | None = None
) -> Axes:
    """Pairs of pictures that are alike, next to each other, each with its number and its kind.

    Args:
        images: The N pictures that ``copies`` is about (N, C, H, W).
        copies: What was found among them.
        most: Pairs to show at most; those that need the user's decision come first.
        ax: Axes to draw on.

    Raises:
        ValueError: If there is no pair to show.
    """
    kinds = {
        "equal, 2 classes": copies.contradictory,
        "equal": copies.equal,
        "near": copies.near,
        "chain": copies.chains,
    }
    pairs = [(kind, family) for kind, families in kinds.items() for family in families][:most]
    if not pairs:
        raise ValueError("there are no copies to show: ask copies.lines() first")
    places, titles = [], []
    for number, (kind, (first, *others)) in enumerate(pairs, start=1):
        second = next((k for k in others if copies.labels[k] != copies.labels[first]), others[0])
        places += [first, second]
        titles += [f"{number} {kind}", f"{number}"]
    columns = 2 * min(PAIRS_IN_A_ROW, len(pairs))
    return plot_images(
        images[torch.tensor(places)], titles, columns=columns, what="pairs of copies", ax=ax
    )
