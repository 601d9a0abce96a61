"""Batches cut from tensors in memory by index: what a DataLoader gives, without its cost."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.streamed import StreamedImages
from course_utils.session.memory import check_memory

GPU_SHARE = 0.5  # of a GPU's free memory that examples may fill; the rest is for training

BATCH_BYTES = 16e6  # of pixels, as float32, that a CPU takes at a time


class BatchLoader:
    """Iterates over ``(images, labels)`` batches, as torch's DataLoader does.

    Pictures of 8x8 pixels are used up faster than a DataLoader can collate them one by one; here a
    batch is one indexing operation, and augmentation works on whole batches. Pictures that stay in
    their files come through a DataLoader; whoever asks for batches need not know.

    Args:
        examples: N labelled pictures (N, C, H, W), or features (N, D) in their place.
        batch_size: Examples per batch; the last batch of a pass may be smaller. A single example
            that is left over joins the batch before it: batch norm in train mode cannot take one.
        shuffle: A new order at each pass; needs ``seed``.
        seed: Seeds ``generator``, which orders the passes. Its state belongs into a checkpoint.
        augment: Applied to each batch of images, such as a torchvision.transforms.v2 transform.
        device: Where the batches are delivered; the examples are moved there once if they fit.
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
        self.device = torch.device(device)
        self.images = move_if_it_fits(examples.images, self.device)
        self.labels = examples.labels.to(self.device)
        self.batch_size = min(batch_size, len(examples))
        self.shuffle, self.augment, self.num_batches = shuffle, augment, num_batches
        self.generator = torch.Generator().manual_seed(seed or 0)

    def __len__(self) -> int:
        num_whole, left_over = divmod(len(self.labels), self.batch_size)
        return self.num_batches or num_whole + (left_over > 1)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        delivered = 0
        while delivered < len(self):
            batches = self._cut(self._order())[: len(self) - delivered]
            read = read_batches(self.images, batches, self.device)
            for images, indices in zip(read, batches, strict=True):
                images = self.augment(images) if self.augment else images
                yield images, self.labels[indices.to(self.device)]
            delivered += len(batches)

    def _cut(self, order: Tensor) -> list[Tensor]:
        batches = list(order.split(self.batch_size))
        if len(order) % self.batch_size == 1:
            batches[-2:] = [torch.cat(batches[-2:])]
        return batches

    def _order(self) -> Tensor:
        if self.shuffle:
            return torch.randperm(len(self.labels), generator=self.generator)
        return torch.arange(len(self.labels))


def read_batches(
    images: Tensor | StreamedImages, batches: Sequence[Tensor], device: torch.device
) -> Iterator[Tensor]:
    """Batches of pictures as a network takes them: on ``device``, float32, from 0 to 1.

    Args:
        images: (N, C, H, W) of uint8 or float32, on any device, or streamed from files; or
            features (N, D).
        batches: Indices (B,) of each batch, on the CPU.
        device: Where the batches are delivered.
    """
    if isinstance(images, StreamedImages):
        read = images.read_batches(batches, pin_memory=device.type == "cuda")
    else:
        read = (images.index_select(0, indices.to(images.device)) for indices in batches)
    for batch in read:
        batch = batch.to(device, non_blocking=True)
        yield batch.float().div_(255) if batch.dtype == torch.uint8 else batch


def in_memory(examples: LabelledImages) -> LabelledImages:
    """The same examples as pixels in memory, float32 from 0 to 1, for work on single pixels.

    Raises:
        MemoryError: If these four bytes a number do not fit; before any is read.
    """
    shape = examples.images.shape
    check_memory(
        4 * shape.numel(),
        f"work on single pixels of {shape[0]:,} pictures of {'x'.join(map(str, shape[1:]))}",
        f"lower image_size (now {shape[-1]}), or take a data set of fewer pictures",
    )
    images = torch.empty(shape)  # (N, C, H, W)
    batches = torch.arange(len(examples)).split(fitting_batch(shape, len(examples)))
    read = read_batches(examples.images, batches, torch.device("cpu"))
    for indices, batch in zip(batches, read, strict=True):
        images[indices[0] : indices[-1] + 1] = batch
    return replace(examples, images=images)


def fitting_batch(shape: Sequence[int], most: int) -> int:
    """How many pictures (N, C, H, W) to take at a time where the number changes no result.

    What a network computes from them takes some twenty times their own memory.
    """
    return max(1, min(most, int(BATCH_BYTES / (4 * math.prod(shape[1:])))))


def move_if_it_fits(
    images: Tensor | StreamedImages, device: torch.device
) -> Tensor | StreamedImages:
    """``images`` on ``device``; where a GPU's memory is too small, left for copying by batch."""
    if isinstance(images, StreamedImages) or images.device == device:
        return images
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if images.nbytes > GPU_SHARE * free:
            return images.pin_memory()  # from there the copies need not be waited for
    return images.to(device)
