"""Pixels counted by what they are and what they were taken for: one confusion matrix a picture."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.session.memory import check_memory

WHOLE_NUMBERS = (torch.uint8, torch.int16, torch.int32, torch.int64)


def confusion_matrices(
    found: Tensor | Sequence[Tensor], truth: Tensor | Sequence[Tensor], num_classes: int
) -> np.ndarray:
    """Pixels by true class (rows) and predicted class (columns): (N, 1 + K, 1 + K), int64.

    Pixels whose true number is 255 are not counted, whatever is predicted there.

    Args:
        found: N maps (H, W) of whole numbers from 0 to K, 0 for background; each of its own size.
        truth: The same N in the same order, where 255 is allowed, too.
        num_classes: K; background is none of them.

    Raises:
        ValueError: If there are no maps, not as many on both sides, or two of a picture differ in
            size, are no whole numbers or hold a number that is no class; it says which picture.
        MemoryError: If the matrices do not fit.
    """
    if not 1 <= num_classes < IGNORED:
        raise ValueError(f"num_classes must be from 1 to {IGNORED - 1}, got {num_classes}")
    if len(truth) == 0 or len(found) != len(truth):
        raise ValueError(
            f"there are {len(truth)} pictures and predicted maps for {len(found)}; it takes at "
            "least 1, and predictions for all of them, in their order"
        )
    size = 1 + num_classes
    check_memory(
        len(truth) * size**2 * 8,
        f"{len(truth):,} confusion matrices of {size} classes",
        "score fewer pictures at a time and add up their matrices",
    )
    matrices = np.empty((len(truth), size, size), dtype=np.int64)
    for number in range(len(truth)):
        maps = found[number].cpu(), truth[number].cpu()
        if said := _fault(*maps, num_classes):
            raise ValueError(f"picture {number}: {said}")
        matrices[number] = _count(*maps, size)
    return matrices


def _count(found: Tensor, truth: Tensor, size: int) -> np.ndarray:
    """The matrix (size, size) of one picture."""
    rows = truth.long() * size
    # What does not count lies in row 255, behind those of the classes, and is cut off with it.
    counts = (rows + found).flatten().bincount(minlength=size**2)
    return counts[: size**2].view(size, size).numpy()


def _fault(found: Tensor, truth: Tensor, num_classes: int) -> str:
    """What is wrong with the two maps of a picture; empty if nothing."""
    if found.ndim != 2 or found.shape != truth.shape:
        shapes = f"{tuple(found.shape)} and the true one {tuple(truth.shape)}"
        return (
            f"the predicted map is {shapes}; both must be (H, W), in the picture's own size, and "
            "numbers are brought to it by the nearest pixel"
        )
    for name, numbers in (("predicted", found), ("true", truth)):
        if numbers.dtype not in WHOLE_NUMBERS:
            return (
                f"the {name} map is {numbers.dtype}; classes are whole numbers, such as "
                "logits.argmax(0)"
            )
        is_class = (numbers >= 0) & (numbers <= num_classes)
        if name == "true":
            is_class |= numbers == IGNORED
        if not bool(is_class.all()):
            wrong = numbers[~is_class].unique().tolist()
            more = f", or {IGNORED} where a pixel does not count" if name == "true" else ""
            shown = ", ".join(map(str, wrong[:5])) + ", ..." * (len(wrong) > 5)
            return f"{name} classes must be from 0 to {num_classes}{more}, got {shown}"
    return ""
