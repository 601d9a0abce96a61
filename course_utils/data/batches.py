"""Batches cut from tensors in memory by index: what a DataLoader gives, without its cost."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages


class BatchLoader:
    """Iterates over ``(images, labels)`` batches, as torch's DataLoader does.

    Pictures of 8x8 pixels are used up faster than a DataLoader can collate them one by one; here a
    batch is one indexing operation, and augmentation works on whole batches.

    Args:
        examples: N labelled pictures (N, C, H, W), or features (N, D) in their place.
        batch_size: Examples per batch; the last batch of a pass may be smaller.
        shuffle: A new order at each pass; needs ``seed``.
        seed: Seeds ``generator``, which orders the passes. Its state belongs into a checkpoint.
        augment: Applied to each batch of images, such as a torchvision.transforms.v2 transform.
        device: Where the batches are delivered; the examples are moved there once.
        num_batches: Deliver exactly this many batches, passing over the examples as often as
            needed; None for one pass.

    Raises:
        ValueError: If there are no examples, or a size is below 1, or the seed is missing.
    """

    def __init__(
        self,
        examples: LabelledImages,
        batch_size: int,
        *,
        shuffle: bool = False,
        seed: int | None = None,
        augment: Callable[[Tensor], Tensor] | None = None,
        device: torch.device | str = "cpu",
        num_batches: int | None = None,
    ) -> None:
        if len(examples) == 0:
            raise ValueError("there are no examples to make batches of")
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        if num_batches is not None and num_batches < 1:
            raise ValueError(f"num_batches must be at least 1, or None, got {num_batches}")
        if shuffle and seed is None:
            raise ValueError("shuffle=True needs a seed, so that the order can be repeated")
        self.images, self.labels = examples.images.to(device), examples.labels.to(device)
        self.batch_size = min(batch_size, len(examples))
        self.shuffle, self.augment, self.num_batches = shuffle, augment, num_batches
        self.generator = torch.Generator().manual_seed(seed or 0)

    def __len__(self) -> int:
        one_pass = -(-len(self.labels) // self.batch_size)
        return self.num_batches or one_pass

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        delivered = 0
        while delivered < len(self):
            for indices in self._order().split(self.batch_size):
                if delivered == len(self):
                    return
                images, labels = self.images[indices], self.labels[indices]
                yield (self.augment(images) if self.augment else images), labels
                delivered += 1

    def _order(self) -> Tensor:
        if self.shuffle:
            order = torch.randperm(len(self.labels), generator=self.generator)
        else:
            order = torch.arange(len(self.labels))
        return order.to(self.labels.device)
