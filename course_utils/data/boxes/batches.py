"""Batches of pictures with boxes, for as many steps as asked."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures, Target
from course_utils.data.boxes.targets import as_tv_tensors


def boxed_batches(
    pictures: BoxedPictures,
    batch_size: int,
    num_batches: int,
    seed: int,
    *,
    device: torch.device | str = "cpu",
    transform: Callable[[Tensor, Target], tuple[Tensor, Target]] | None = None,
) -> Iterator[tuple[Tensor | list[Tensor], list[Target]]]:
    """Batches of pictures, float32 from 0 to 1, and their targets, in a new order at each pass.

    Pictures of one size come as one tensor (B, C, H, W), others as a list of (C, H, W).

    Args:
        pictures: N pictures with boxes.
        batch_size: B, or N where these are fewer; pictures left over at the end of a pass wait for
            the next.
        num_batches: How many to deliver.
        seed: Of the order; same seed, same batches.
        device: Where they are delivered.
        transform: Moves picture and boxes together, as ``move_together`` makes it.

    Raises:
        ValueError: If there are no pictures, or a number is below 1.
    """
    for places in places_of_batches(len(pictures), batch_size, num_batches, seed):
        yield _batch(pictures, places, torch.device(device), transform)


def places_of_batches(
    num_pictures: int, batch_size: int, num_batches: int, seed: int
) -> Iterator[list[int]]:
    """Places of the pictures of each batch; all have their turn before one comes again.

    Raises:
        ValueError: If there are no pictures, or a number is below 1.
    """
    if num_pictures == 0 or batch_size < 1 or num_batches < 1:
        raise ValueError(
            "batches need at least 1 picture, batch_size 1 and num_batches 1, got "
            f"{num_pictures}, {batch_size} and {num_batches}"
        )
    generator = torch.Generator().manual_seed(seed)
    size = min(batch_size, num_pictures)
    waiting = torch.empty(0, dtype=torch.int64)
    for _ in range(num_batches):
        if len(waiting) < size:
            waiting = torch.randperm(num_pictures, generator=generator)
        places, waiting = waiting[:size], waiting[size:]
        yield places.tolist()


def _batch(
    pictures: BoxedPictures,
    places: list[int],
    device: torch.device,
    transform: Callable[[Tensor, Target], tuple[Tensor, Target]] | None,
) -> tuple[Tensor | list[Tensor], list[Target]]:
    if transform is not None:
        moved = [transform(*as_tv_tensors(pictures, place)) for place in places]
        images, targets = map(list, zip(*moved, strict=True))
    else:
        images = [pictures.images[place] for place in places]
        targets = [target_of(pictures, place) for place in places]
    images = [as_floats(torch.as_tensor(image).to(device, non_blocking=True)) for image in images]
    targets = [{name: value.to(device) for name, value in one.items()} for one in targets]
    return (torch.stack(images) if len({image.shape for image in images}) == 1 else images), targets


def target_of(pictures: BoxedPictures, place: int, device: torch.device | str = "cpu") -> Target:
    """What a detector learns from the picture at ``place``: boxes, labels and which count."""
    names = ("boxes", "labels", "counts")
    return {name: getattr(pictures, name)[place].to(device) for name in names}


def as_floats(image: Tensor) -> Tensor:
    """A picture as float32 from 0 to 1, whichever of the two forms it has."""
    return image.float().div_(255) if image.dtype == torch.uint8 else image
