"""What a detector finds on many pictures."""

from collections.abc import Iterator, Sequence

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
    device = next(detector.parameters()).device
    found = []
    with eval_mode(detector), torch.inference_mode():
        for images in _batches(pictures.images, batch_size, device):
            some = detector.detect(images, **how)
            found += [{name: value.cpu() for name, value in one.items()} for one in some]
    return found


def _batches(
    images: Tensor | Sequence[Tensor], batch_size: int, device: torch.device
) -> Iterator[Tensor | list[Tensor]]:
    for first in range(0, len(images), batch_size):
        places = range(first, min(first + batch_size, len(images)))
        batch = [as_floats(images[place].to(device)) for place in places]
        yield torch.stack(batch) if isinstance(images, Tensor) else batch
