"""Pictures with boxes around what they show: what every such data set comes as."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

# What one picture shows, to learn from: "boxes" (n, 4), "labels" (n,) and "counts" (n,) as below,
# and "masks" where they travel along.
Target = dict[str, Tensor]
IGNORED = 255  # in a map of classes: pixels that nothing is learned from and that do not score


@dataclass(frozen=True)
class BoxedPictures:
    """N pictures, each with its boxes, its classes and, where there are some, its masks.

    A box is left, top, right, bottom in pixels from the upper left corner of its picture; right and
    bottom are one past the last pixel, so width is right - left. A picture without boxes is one
    without objects.

    Args:
        images: (N, C, H, W) where all have one size, else N of (C, H, W): float32 from 0 to 1, or
            uint8 from 0 to 255. What does not fit into memory is read from its file each time.
        boxes: N of (n, 4), float32.
        labels: N of (n,), int64, from 0 to K - 1.
        class_names: K names, in the order of the labels.
        counts: N of (n,), bool; what does not count (crowds, difficult ones) is neither learned
            from nor held against a detector that finds or misses it.
        files: N names.
        masks: N of (n, H, W), bool, which pixels each object covers; None where nothing says.
        parts: (N,), int64, places in ``PARTS``; None where the data set brings no parts.
        groups: (N,), int64; pictures with the same number belong into one part; None where nobody
            looked.
    """

    images: Tensor | Sequence[Tensor]
    boxes: tuple[Tensor, ...]
    labels: tuple[Tensor, ...]
    class_names: tuple[str, ...]
    counts: tuple[Tensor, ...]
    files: tuple[str, ...]
    masks: Sequence[Tensor] | None = None
    parts: Tensor | None = None
    groups: Tensor | None = None

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def num_classes(self) -> int:
        """K, the number of classes; background is none of them."""
        return len(self.class_names)

    def __getitem__(self, indices: Tensor) -> "BoxedPictures":
        """The pictures at ``indices``, an int64 or bool tensor, with all that belongs to them."""
        return taken(self, indices)


Examples = TypeVar("Examples")


def taken(examples: Examples, indices: Tensor) -> Examples:
    """A dataclass of N examples at ``indices``; all its fields but ``class_names`` hold N."""
    places = torch.arange(len(examples))[indices]
    each = [field.name for field in fields(examples) if field.name != "class_names"]
    return replace(examples, **{name: _take(getattr(examples, name), places) for name in each})


def _take(values: Any, places: Tensor) -> Any:
    if values is None or isinstance(values, Tensor):
        return None if values is None else values[places]
    if isinstance(values, tuple | list):
        return tuple(values[place] for place in places.tolist())
    return values.take(places.tolist())


def boxes_of_masks(masks: Tensor) -> Tensor:
    """The smallest box around each mask, exactly: (n, H, W), bool, to (n, 4), float32.

    torchvision's ``masks_to_boxes`` ends at the last pixel; a box ends one past it.

    Raises:
        ValueError: If a mask covers nothing; it says which.
    """
    from torchvision.ops import masks_to_boxes  # here: it takes a second to import

    empty = (~masks.flatten(1).any(dim=1)).nonzero().flatten().tolist()
    if empty:
        raise ValueError(f"no pixel is in mask {', '.join(map(str, empty))}, so it has no box")
    if len(masks) == 0:
        return torch.zeros(0, 4)
    return masks_to_boxes(masks) + torch.tensor([0.0, 0.0, 1.0, 1.0])


def class_map(masks: Tensor, labels: Tensor, counts: Tensor | None = None) -> Tensor:
    """One number for each pixel (H, W), int64: 0 for background, 1 + label on an object.

    Where objects overlap, the one of fewer pixels is in front. Pixels of what does not count are
    ``IGNORED``, unless something that counts covers them, too.

    Args:
        masks: (n, H, W), bool.
        labels: (n,), int64.
        counts: (n,), bool; None if all count.
    """
    drawn = torch.zeros(masks.shape[1:], dtype=torch.int64)
    values = labels + 1
    if counts is not None:
        values = values.where(counts, IGNORED)
    sizes = masks.flatten(1).sum(dim=1)
    order = sorted(range(len(masks)), key=lambda i: (bool(values[i] != IGNORED), -int(sizes[i])))
    for place in order:
        drawn[masks[place]] = values[place]
    return drawn
