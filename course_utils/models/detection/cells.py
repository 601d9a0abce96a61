"""A grid of cells on a picture: which cell learns which box, and what boxes the cells say."""

import torch
from torch import Tensor

NEAR = 3.0  # pixels: cells whose centre is at most so far from the middle of a box learn it, too


def cell_centres(height: int, width: int, stride: int) -> Tensor:
    """Centre x and y of each cell in pixels, (height, width, 2), float32.

    Args:
        height: Rows of cells.
        width: Columns of cells.
        stride: Pixels a side of a cell.
    """
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (torch.stack([x, y], dim=-1) + 0.5) * stride


def boxes_of_distances(distances: Tensor, stride: int) -> Tensor:
    """Boxes (B, h, w, 4) as left, top, right, bottom.

    Args:
        distances: (B, 4, h, w), pixels from each cell's centre to the left, upper, right and lower
            side of its box.
        stride: Pixels a side of a cell.
    """
    centres = cell_centres(*distances.shape[-2:], stride).to(distances.device)
    left_top, right_bottom = distances.permute(0, 2, 3, 1).split(2, dim=-1)
    return torch.cat([centres - left_top, centres + right_bottom], dim=-1)


def cells_of_boxes(
    boxes: Tensor, height: int, width: int, stride: int, near: float = NEAR
) -> Tensor:
    """Which box each cell learns: (height, width), int64; -1 where a cell learns none.

    A cell learns a box if its centre lies in it and at most ``near`` pixels, across and down, from
    its middle; the cell that holds the middle learns it in any case. Where two boxes ask for one
    cell, the smaller gets it.

    Args:
        boxes: (n, 4) of one picture.
        height: Rows of cells.
        width: Columns of cells.
        stride: Pixels a side of a cell.
        near: 0 for the one cell that holds the middle.
    """
    owner = torch.full((height, width), -1, dtype=torch.int64, device=boxes.device)
    if len(boxes) == 0:
        return owner
    centres = cell_centres(height, width, stride).to(boxes.device)  # (h, w, 2)
    low, high = boxes[:, None, None, :2], boxes[:, None, None, 2:]
    middles = (low + high) / 2  # (n, 1, 1, 2)
    inside = ((centres > low) & (centres < high)).all(dim=-1)  # (n, h, w)
    asked = inside & ((centres - middles).abs() <= near).all(dim=-1)
    column, row = (middles[:, 0, 0] / stride).long().unbind(dim=-1)
    places = torch.arange(len(boxes), device=boxes.device)
    asked[places, row.clamp(0, height - 1), column.clamp(0, width - 1)] = True
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(dim=-1)
    sizes = torch.where(asked, areas[:, None, None], torch.inf)
    smallest, which = sizes.min(dim=0)
    return torch.where(smallest.isfinite(), which, owner)
