"""What a segmenter says of many pictures."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_utils.data.boxes.batches import as_floats
from course_utils.models.asking import ask_all, ask_by_size
from course_utils.models.inference import eval_mode
from course_utils.models.segmentation.segmenter import ClassMap


def segment_all(
    segmenter: nn.Module, images: Tensor | Sequence[Tensor], batch_size: int | None = None
) -> list[ClassMap]:
    """Maps of N pictures, uint8, each of its picture's size, in eval mode, on the CPU.

    Args:
        segmenter: A ``Segmenter``.
        images: N of (C, H, W), uint8 from 0 to 255 or float32 from 0 to 1.
        batch_size: As of ``ask_all``.

    Raises:
        ValueError: If ``batch_size`` is below 1.
    """
    return ask_all(images, lambda some: segment_on(segmenter, some), batch_size)


def segment_on(segmenter: nn.Module, images: Sequence[Tensor]) -> list[ClassMap]:
    """Maps of N pictures at once; those of one size are asked about together.

    Args:
        segmenter: A ``Segmenter``.
        images: N of (C, H, W), uint8 from 0 to 255 or float32 from 0 to 1.
    """
    device = next(segmenter.parameters()).device

    def segment(batch: Tensor) -> list[ClassMap]:
        return [each.cpu() for each in segmenter.segment(as_floats(batch.to(device)))]

    with eval_mode(segmenter), torch.inference_mode():
        return ask_by_size(images, segment)


def logits_on(segmenter: nn.Module, images: Sequence[Tensor]) -> list[Tensor]:
    """Logits (1 + K, h, w) of N pictures, float32, in eval mode, where the segmenter is.

    Args:
        segmenter: A ``Segmenter``.
        images: N of (C, H, W), uint8 from 0 to 255 or float32 from 0 to 1.
    """
    device = next(segmenter.parameters()).device
    with eval_mode(segmenter), torch.inference_mode():
        return segmenter.logits([as_floats(image.to(device)) for image in images])


def surest_class(logits: Tensor, size: Sequence[int]) -> ClassMap:
    """The class with the highest logit at every pixel: (B, H, W), uint8.

    Logits, not classes, are brought to another size: halfway between classes 1 and 3 is not class
    2. One class after the other, because those of a large photograph would fill the memory.

    Args:
        logits: (B, 1 + K, h, w).
        size: H and W.
    """
    if logits.shape[-2:] == tuple(size):
        return logits.argmax(dim=1).to(torch.uint8)
    highest = logits.new_full((len(logits), 1, *size), -torch.inf)
    surest = torch.zeros_like(highest, dtype=torch.uint8)
    for number, of_class in enumerate(logits.split(1, dim=1)):
        scaled = nn.functional.interpolate(of_class, tuple(size), mode="bilinear")
        surest[scaled > highest] = number
        highest = torch.maximum(highest, scaled)
    return surest[:, 0]
