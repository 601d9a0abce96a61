"""What a detector finds on many pictures."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_utils.data.boxes.batches import as_floats
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.asking import ask_all, ask_by_size
from course_utils.models.detection.detector import Detections
from course_utils.models.inference import eval_mode


def detect_all(
    detector: nn.Module,
    pictures: BoxedPictures,
    batch_size: int | None = None,
    **how: float | None,
) -> list[Detections]:
    """Detections on each of N pictures, in eval mode, on the CPU.

    Args:
        detector: A ``Detector``.
        pictures: Only their pixels are looked at.
        batch_size: As of ``ask_all``.
        how: What the detector's ``detect`` takes.

    Raises:
        ValueError: If ``batch_size`` is below 1.
    """
    return ask_all(pictures.images, lambda some: detect_on(detector, some, **how), batch_size)


def detect_on(
    detector: nn.Module, images: Sequence[Tensor], **how: float | None
) -> list[Detections]:
    """Detections on N pictures at once, in eval mode, on the CPU.

    Those of one size are asked about together: none gets a border that depends on the others.

    Args:
        detector: A ``Detector``.
        images: N of (C, H, W), uint8 from 0 to 255 or float32 from 0 to 1.
        how: What the detector's ``detect`` takes.
    """
    device = next(detector.parameters()).device

    def detect(batch: Tensor) -> list[Detections]:
        found = detector.detect(as_floats(batch.to(device)), **how)
        return [{name: values.cpu() for name, values in each.items()} for each in found]

    with eval_mode(detector), torch.inference_mode():
        return ask_by_size(images, detect)
