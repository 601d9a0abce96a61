"""What can be said of every pixel by a head that says one thing for each cell of a grid."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.models.segmentation.answering import surest_class

STEPS, RATE = 100, 6.0  # of Adam; ten times as many steps add less than 0.01 to the mean IoU
MOST_AT_ONCE = 64  # maps, so that their logits do not fill the memory


def averaged_at_stride(maps: Tensor, stride: int, num_classes: int) -> Tensor:
    """Maps from cells that know the share of each class in them, and no more.

    Shares are enlarged as logits of a coarse head are, bilinear, and the highest is taken. A thin
    line has small shares, so paper wins over it.

    Args:
        maps: (N, H, W), whole numbers: 0 for background, 1 + label for a class, or 255.
        stride: Pixels a side of a cell.
        num_classes: K; background is none of them.

    Returns:
        (N, H, W), uint8.

    Raises:
        ValueError: If there are no maps, a number in them is no class, or ``stride`` is below 1.
    """
    _check(maps, stride, num_classes)
    classes = torch.arange(1 + num_classes)[:, None, None]
    shares = [
        F.avg_pool2d((some[:, None] == classes).float(), stride, ceil_mode=True)  # (n, 1 + K, h, w)
        for some in maps.split(MOST_AT_ONCE)
    ]
    # Of the pixels that count; a cell without any says nothing.
    counted = [each / each.sum(dim=1, keepdim=True).clamp(min=1e-6) for each in shares]
    return torch.cat([_map_of(each, stride, maps) for each in counted])


def best_at_stride(maps: Tensor, stride: int, num_classes: int) -> Tensor:
    """Maps from cells with the logits that suit the true maps best, by cross-entropy.

    A segmenter whose logits stand on such cells, and are enlarged bilinear, could at most be as
    good by cross-entropy on these pictures, however well it is trained.

    Args:
        maps: (N, H, W), whole numbers: 0 for background, 1 + label for a class, or 255.
        stride: Pixels a side of a cell.
        num_classes: K; background is none of them.

    Returns:
        (N, H, W), uint8.

    Raises:
        ValueError: If there are no maps, a number in them is no class, or ``stride`` is below 1.
    """
    _check(maps, stride, num_classes)
    if stride == 1:  # every pixel has its own logits: they say the map, and nothing where 255 is
        return maps.where(maps != IGNORED, 0).to(torch.uint8)
    return torch.cat(
        [
            _map_of(fit_cells(some, stride, num_classes), stride, maps)
            for some in maps.split(MOST_AT_ONCE)
        ]
    )


def fit_cells(maps: Tensor, stride: int, num_classes: int) -> Tensor:
    """Logits of cells (N, 1 + K, h, w), fitted to maps (N, H, W) by gradient descent.

    The cross-entropy is convex in them: there is no other minimum to get caught in.
    """
    height, width = maps.shape[1:]
    cells = -(-height // stride), -(-width // stride)
    truth = maps.long()
    logits = torch.zeros(len(maps), 1 + num_classes, *cells, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=RATE)
    with torch.enable_grad():
        for _ in range(STEPS):
            enlarged = F.interpolate(logits, scale_factor=stride, mode="bilinear")
            of_pixels = enlarged[..., :height, :width]  # (N, 1 + K, H, W)
            loss = F.cross_entropy(of_pixels, truth, ignore_index=IGNORED, reduction="sum")
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return logits.detach()


def _map_of(of_cells: Tensor, stride: int, maps: Tensor) -> Tensor:
    """The surest class of every pixel; cells that reach over the edge are cut."""
    rows, columns = (stride * cells for cells in of_cells.shape[-2:])
    height, width = maps.shape[1:]
    return surest_class(of_cells, (rows, columns))[:, :height, :width]


def _check(maps: Tensor, stride: int, num_classes: int) -> None:
    if stride < 1:
        raise ValueError(f"stride must be at least 1 pixel, got {stride}")
    if maps.ndim != 3 or maps.numel() == 0:
        raise ValueError(
            f"maps must be (N, H, W) with at least one pixel, got shape {tuple(maps.shape)}; stack "
            "those of one size"
        )
    wrong = maps[((maps < 0) | (maps > num_classes)) & (maps != IGNORED)]
    if len(wrong):
        raise ValueError(
            f"maps must hold numbers from 0 to {num_classes}, or {IGNORED}, got {int(wrong[0])}"
        )
