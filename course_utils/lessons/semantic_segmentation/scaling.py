"""Maps of classes in another size: by the nearest pixel, or wrongly by numbers in between."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED


def scaled_by_nearest(maps: Tensor, side: int) -> Tensor:
    """Maps in another size, each pixel with the number of the nearest one: no number is new.

    Args:
        maps: (N, H, W), uint8.
        side: Pixels of the longer side of the result.

    Returns:
        (N, h, w), uint8.

    Raises:
        ValueError: If there are no such maps, or ``side`` is below 1.
    """
    return _scaled(maps, side, "nearest-exact")


def scaled_by_numbers(maps: Tensor, side: int) -> Tensor:
    """Maps in another size as pictures are scaled: bilinear on the numbers of classes, rounded.

    It is wrong: halfway between paper, 0, and class number 4 it puts class number 2.

    Args:
        maps: (N, H, W), uint8.
        side: Pixels of the longer side of the result.

    Returns:
        (N, h, w), uint8.

    Raises:
        ValueError: If there are no such maps, or ``side`` is below 1.
    """
    return _scaled(maps, side, "bilinear")


def are_foreign(scaled: Tensor, true: Tensor) -> Tensor:
    """Which pixels of ink have a class that their scene does not show: (N, h, w), bool.

    Args:
        scaled: (N, h, w), uint8.
        true: (N, H, W), uint8, the maps that were scaled.

    Raises:
        ValueError: If one is no map of bytes, or they are not as many.
    """
    for maps in (scaled, true):
        _check(maps)
    if len(scaled) != len(true):
        raise ValueError(
            f"there are {len(scaled)} scaled maps and {len(true)} true ones; give as many of both, "
            "in the same order"
        )
    is_shown = torch.zeros(len(true), 1 + IGNORED, dtype=torch.bool)
    is_shown.scatter_(1, true.flatten(1).long(), True)
    known = is_shown.gather(1, scaled.flatten(1).long()).view(scaled.shape)
    return are_ink(scaled) & ~known


def are_ink(maps: Tensor) -> Tensor:
    """Which pixels are neither background nor left out of what counts; bool, as large as maps."""
    return (maps != 0) & (maps != IGNORED)


def share_of_foreign(scaled: Tensor, true: Tensor) -> float:
    """Share of the pixels of ink whose class their scene does not show; nan if there is no ink.

    Args:
        scaled: (N, h, w), uint8.
        true: (N, H, W), uint8, the maps that were scaled.

    Raises:
        ValueError: As of ``are_foreign``.
    """
    foreign = are_foreign(scaled, true).sum()
    return (foreign / are_ink(scaled).sum()).item()


def _scaled(maps: Tensor, side: int, mode: str) -> Tensor:
    _check(maps)
    if side < 1:
        raise ValueError(f"side must be at least 1 pixel, got {side}")
    longer = max(maps.shape[1:])
    size = [max(1, round(side * pixels / longer)) for pixels in maps.shape[1:]]
    numbers = F.interpolate(maps[:, None].float(), size, mode=mode)  # torch scales no bytes so
    return numbers[:, 0].round().to(torch.uint8)


def _check(maps: Tensor) -> None:
    if maps.ndim != 3 or maps.dtype != torch.uint8 or maps.numel() == 0:
        raise ValueError(
            f"maps must be (N, H, W) of uint8 with at least one pixel, got {maps.dtype} of shape "
            f"{tuple(maps.shape)}; stack those of one size"
        )
