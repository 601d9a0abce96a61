"""Pictures whose maps move with them through torchvision's transforms."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import InterpolationMode, v2

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.batches import MapTransform


@dataclass(frozen=True)
class MovedTogether:
    """A picture (C, H, W) and its map (H, W) to both, moved in the same way.

    Random numbers are torch's own, so ``torch.manual_seed`` repeats them. Several come one after
    the other by ``v2.Compose([first, second])``.

    Args:
        transform: Takes and gives a ``tv_tensors.Image`` and a ``tv_tensors.Mask``, as transforms
            of ``torchvision.transforms.v2`` do.
    """

    transform: Callable[[tv_tensors.Image, tv_tensors.Mask], tuple[Tensor, Tensor]]

    def __call__(self, image: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """Both in the types of numbers that they had."""
        moved = self.transform(tv_tensors.Image(image), tv_tensors.Mask(classes))
        image, classes = (each.as_subclass(Tensor) for each in moved)
        return image, classes


def mirrored_at_random() -> MapTransform:
    """A transform that turns every second picture round, with its map."""
    return MovedTogether(v2.RandomHorizontalFlip())


def cropped_at_random(
    crop_size: int, least_scale: float = 0.5, most_scale: float = 2.0
) -> MapTransform:
    """A transform that scales a picture and its map and cuts a square out of both, at random.

    Half as large is as likely as twice as large. Where the square is larger than the scaled picture
    all of that is in it, somewhere; what lies outside has the mean colour of the picture and is
    ``IGNORED`` in the map.

    Args:
        crop_size: Pixels a side of the square.
        least_scale: Smallest factor, above 0.
        most_scale: Largest factor.

    Raises:
        ValueError: If these cannot be.
    """
    if crop_size < 1 or not 0 < least_scale <= most_scale < math.inf:
        raise ValueError(
            "crop_size must be at least 1 and 0 < least_scale <= most_scale, got "
            f"{crop_size}, {least_scale} and {most_scale}"
        )
    return MovedTogether(_ScaleAndCrop(crop_size, least_scale, most_scale))


@dataclass(frozen=True)
class _ScaleAndCrop:
    crop_size: int
    least_scale: float
    most_scale: float

    def __call__(
        self, image: tv_tensors.Image, classes: tv_tensors.Mask
    ) -> tuple[tv_tensors.Image, tv_tensors.Mask]:
        between = float(torch.rand(()))
        scale = self.least_scale * (self.most_scale / self.least_scale) ** between
        size = [max(1, round(scale * side)) for side in image.shape[-2:]]
        fill = {tv_tensors.Image: _mean_colour(image), tv_tensors.Mask: IGNORED}
        crop = v2.RandomCrop(self.crop_size, pad_if_needed=True, fill=fill)
        return crop(v2.functional.resize(image, size), _resized(classes, size))


def _resized(classes: tv_tensors.Mask, size: list[int]) -> tv_tensors.Mask:
    """Each new pixel takes the class of the old one at its middle.

    torchvision's own way with masks takes the one at its upper left corner instead, so that they
    would lie up to half a pixel beside their pictures.
    """
    exact = InterpolationMode.NEAREST_EXACT
    resized = v2.functional.resize_image(classes.as_subclass(Tensor)[None], size, exact)
    return tv_tensors.Mask(resized[0])


def _mean_colour(image: Tensor) -> list[float]:
    """One number a channel, whole for a picture of whole numbers."""
    means = image.as_subclass(Tensor).float().mean(dim=(1, 2))
    return (means if image.is_floating_point() else means.round()).tolist()
