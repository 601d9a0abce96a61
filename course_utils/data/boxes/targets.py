"""Pictures whose boxes and masks move with them through torchvision's transforms."""

from collections.abc import Callable

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2

from course_utils.data.boxes.examples import BoxedPictures, Target


def as_tv_tensors(
    pictures: BoxedPictures, place: int, first_label: int = 0
) -> tuple[tv_tensors.Image, Target]:
    """One picture and its target, as transforms of ``torchvision.transforms.v2`` move them.

    Args:
        pictures: Boxed pictures.
        place: Which of them.
        first_label: What the first class is called; torchvision's own detectors keep 0 for the
            background, so they want 1.

    Returns:
        The picture (C, H, W), and its ``boxes`` (n, 4), ``labels`` (n,), ``counts`` (n,) and, where
        there are some, ``masks`` (n, H, W).
    """
    image = tv_tensors.Image(pictures.images[place])
    target = {
        "boxes": tv_tensors.BoundingBoxes(
            pictures.boxes[place], format="XYXY", canvas_size=tuple(image.shape[-2:])
        ),
        "labels": pictures.labels[place] + first_label,
        "counts": pictures.counts[place],
    }
    if pictures.masks is not None:
        target["masks"] = tv_tensors.Mask(pictures.masks[place])
    return image, target


def move_together(
    transform: Callable[[Tensor, Target], tuple[Tensor, Target]], least_side: float = 1.0
) -> v2.Compose:
    """``transform``, and then what it pushed out of the picture is taken out of the target.

    Boxes are clipped to the picture; an object of which less than ``least_side`` pixels a side are
    left loses its box, label and mask.

    Args:
        transform: Takes and gives what ``as_tv_tensors`` gives.
        least_side: Pixels, at least 1.
    """
    return v2.Compose(
        [
            transform,
            v2.ClampBoundingBoxes(),
            v2.SanitizeBoundingBoxes(min_size=least_side, labels_getter=_labels_and_counts),
        ]
    )


def mirrored_at_random() -> v2.Compose:
    """A transform that turns every second picture round, with its boxes and masks."""
    return move_together(v2.RandomHorizontalFlip())


def _labels_and_counts(inputs: tuple[Tensor, Target]) -> tuple[Tensor, Tensor]:
    return inputs[1]["labels"], inputs[1]["counts"]


def stack_batch(items: list[tuple[Tensor, Target]]) -> tuple[list[Tensor], list[Target]]:
    """What a DataLoader hands out for pictures of several sizes: a list of each."""
    images, targets = zip(*items, strict=True)
    return [torch.as_tensor(image) for image in images], list(targets)
