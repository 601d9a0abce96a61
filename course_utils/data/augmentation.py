"""Augmentation: each picture a little other than it is, each time it is learned from."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT = 0.08  # of the side, at most, along x and along y
ZOOM = 0.12  # larger or smaller, at most, as a share
TURN = 10.0  # degrees to either side, at most


class Vary:
    """Pictures (B, C, H, W) moved, turned and zoomed a little, each in its own way.

    What comes into view at the edges repeats the edge.

    Args:
        seed: Of its random numbers, which are its own; so trainings may run side by side.
        mirror: Whether each picture is also mirrored left to right, one time in two; only where
            that leaves its class what it is. It does not for digits.
    """

    def __init__(self, seed: int, *, mirror: bool) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.mirror = mirror

    def __call__(self, images: Tensor) -> Tensor:
        """Other pictures each time; on the device of ``images``, in their range."""
        count = len(images)
        turn, zoom, across, down, side = self._draw(5, count)
        turn, zoom = turn * math.radians(TURN), 1 + zoom * ZOOM
        sign = torch.where(side < 0, -1.0, 1.0) if self.mirror else torch.ones(count)
        cosine, sine = torch.cos(turn) * zoom, torch.sin(turn) * zoom
        # Where in the old picture each place of the new one is found; a side is 2 long.
        rows = [cosine * sign, -sine, 2 * SHIFT * across, sine * sign, cosine, 2 * SHIFT * down]
        places = torch.stack(rows, dim=1).view(count, 2, 3).to(images.device)
        grid = F.affine_grid(places, list(images.shape), align_corners=False)
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)

    def _draw(self, *shape: int) -> Tensor:
        """Random numbers from -1 to 1."""
        return 2 * torch.rand(*shape, generator=self.generator) - 1
