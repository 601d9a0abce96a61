"""Batches of pictures with maps, for as many steps as asked."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from course_utils.data.boxes.batches import as_floats, places_of_batches
from course_utils.data.maps.examples import MappedPictures

MapTransform = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def mapped_batches(
    pictures: MappedPictures,
    batch_size: int,
    num_batches: int,
    seed: int,
    *,
    device: torch.device | str = "cpu",
    transform: MapTransform | None = None,
) -> Iterator[tuple[Tensor | list[Tensor], Tensor | list[Tensor]]]:
    """Batches of pictures, float32 from 0 to 1, and their maps, int64, in a new order at each pass.

    Pictures of one size come as tensors (B, C, H, W) and (B, H, W), others as lists.

    Args:
        pictures: N pictures with maps.
        batch_size: B, or N where these are fewer; pictures left over at the end of a pass wait for
            the next.
        num_batches: How many to deliver.
        seed: Of the order; same seed, same batches.
        device: Where they are delivered.
        transform: Moves a picture (C, H, W) and its map (H, W) together.

    Raises:
        ValueError: If there are no pictures, or a number is below 1.
    """
    for places in places_of_batches(len(pictures), batch_size, num_batches, seed):
        both = [(pictures.images[place], pictures.maps[place]) for place in places]
        if transform is not None:
            both = [transform(*each) for each in both]
        images = [as_floats(torch.as_tensor(each).to(device)) for each, _ in both]
        maps = [torch.as_tensor(each).to(device).long() for _, each in both]
        yield _stacked(images), _stacked(maps)


def _stacked(each: list[Tensor]) -> Tensor | list[Tensor]:
    return torch.stack(each) if len({one.shape for one in each}) == 1 else each
