"""Which of a detector's answers are kept for a picture."""

from collections.abc import Sequence

from torch import Tensor

from course_utils.models.detection.detector import MOST_DETECTIONS, Detections


def kept(
    boxes: Tensor, scores: Tensor, size: Sequence[int], min_score: float, nms_iou: float | None
) -> Detections:
    """The detections of one picture, the surest first, at most ``MOST_DETECTIONS``.

    Args:
        boxes: (..., 4), as left, top, right, bottom; clipped to the picture.
        scores: (K, ...), from 0 to 1.
        size: Height and width of the picture in pixels.
        min_score: Detections below it are left out.
        nms_iou: Of two boxes of one class that overlap more, the surer one is kept; None keeps all.
    """
    from torchvision.ops import batched_nms, clip_boxes_to_image  # here: it takes a second

    labels, *cell = (scores > min_score).nonzero(as_tuple=True)
    sure = scores[(labels, *cell)]
    found = clip_boxes_to_image(boxes[tuple(cell)], tuple(size))
    if nms_iou is None:
        keep = sure.argsort(descending=True, stable=True)
    else:
        keep = batched_nms(found, sure, labels, nms_iou)
    keep = keep[:MOST_DETECTIONS]
    return {"boxes": found[keep], "labels": labels[keep], "scores": sure[keep]}


def surer_than(found: Detections, min_score: float) -> Detections:
    """The detections of one picture with a score of at least ``min_score``."""
    sure = found["scores"] >= min_score
    return {name: values[sure] for name, values in found.items()}
