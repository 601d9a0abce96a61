"""Augmentation of sounds: each picture a little other than it is, each time it is learned from."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.sounds.log_mel import MIDDLE, STEPS

WARP = 0.15  # wider or narrower, in time and in pitch, at most, as a share
SHIFT = 0.06  # of the side, at most, in time and in pitch
NOISE = 0.3 * STEPS / 255  # its standard deviation at most: 0.3 of that of a picture
BLANK = 0.3  # how often a band, or a stretch of time, is blanked
BLANKED = 6  # the side is divided by it for their width
MEAN = MIDDLE / 255  # of every picture


class VarySound:
    """Pictures of sound (B, 1, S, S) warped, shifted, with noise, and in part blanked.

    What comes into view at the edges repeats the edge; what is blanked has the picture's mean.

    Source for the blanks: Park and others, "SpecAugment: A Simple Data Augmentation Method for
        Automatic Speech Recognition" (2019), section 2.

    Args:
        seed: Of its random numbers, which are its own; so trainings may run side by side.
    """

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, images: Tensor) -> Tensor:
        """Other pictures each time; on the device of ``images``, whose values are from 0 to 1."""
        noise = torch.rand(len(images), 1, 1, 1, generator=self.generator)
        noise = NOISE * noise * torch.randn(images.shape, generator=self.generator)
        varied = self._warped(images) + noise.to(images.device)
        for axis in (2, 3):  # bands, steps of time
            varied = varied.masked_fill(self._blanks(images, axis).to(images.device), MEAN)
        return varied

    def _warped(self, images: Tensor) -> Tensor:
        wide, high, across, down = 2 * torch.rand(4, len(images), generator=self.generator) - 1
        none = torch.zeros(len(images))
        # Where in the old picture each place of the new one is found; a side is 2 long.
        rows = [1 + WARP * wide, none, 2 * SHIFT * across, none, 1 + WARP * high, 2 * SHIFT * down]
        places = torch.stack(rows, dim=1).view(-1, 2, 3).to(images.device)
        grid = F.affine_grid(places, list(images.shape), align_corners=False)
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)

    def _blanks(self, images: Tensor, axis: int) -> Tensor:
        """What is blanked along ``axis``, bool, to be spread over the others."""
        count, side = len(images), images.shape[axis]
        start = torch.randint(0, side, (count, 1), generator=self.generator)
        happens = torch.rand(count, 1, generator=self.generator) < BLANK
        place = torch.arange(side)
        inside = (place >= start) & (place < start + max(1, side // BLANKED)) & happens
        return inside.view(count, 1, *((side, 1) if axis == 2 else (1, side)))
