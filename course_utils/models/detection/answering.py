"""What a detector finds on many pictures."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_utils.data.boxes.batches import as_floats
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.detection.detector import Detections
from course_utils.models.inference import eval_mode

BATCH, SMALL_BATCH = 64, 8  # in a detector a photograph takes much memory


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
        batch_size: Pictures at a time; changes the memory needed, not the answers. None takes
            ``SMALL_BATCH`` of pictures that come in several sizes, else ``BATCH``.
        how: What the detector's ``detect`` takes.

    Raises:
        ValueError: If ``batch_size`` is below 1.
    """
    if batch_size is None:
        batch_size = BATCH if isinstance(pictures.images, Tensor) else SMALL_BATCH
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    found = []
    for first in range(0, len(pictures), batch_size):
        places = range(first, min(first + batch_size, len(pictures)))
        found += detect_on(detector, [pictures.images[place] for place in places], **how)
    return found


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
    by_size: dict[tuple[int, ...], list[int]] = {}
    for place, image in enumerate(images):
        by_size.setdefault(tuple(image.shape), []).append(place)
    found: dict[int, Detections] = {}
    with eval_mode(detector), torch.inference_mode():
        for places in by_size.values():
            batch = torch.stack([as_floats(images[place].to(device)) for place in places])
            for place, each in zip(places, detector.detect(batch, **how), strict=True):
                found[place] = {name: values.cpu() for name, values in each.items()}
    return [found[place] for place in range(len(images))]
