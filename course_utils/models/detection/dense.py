"""A dense detector: every cell of a grid says which class is there and how far its sides are.

Source: Tian, Shen, Chen, He, "FCOS: Fully Convolutional One-Stage Object Detection" (2019), with
    one level in place of five, and no centre-ness.
"""

from collections.abc import Sequence
from itertools import accumulate

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.data.boxes.examples import Target
from course_utils.models.detection.cells import boxes_of_distances, cells_of_boxes
from course_utils.models.detection.detector import (
    MIN_SCORE,
    NMS_IOU,
    Detections,
)
from course_utils.models.detection.keeping import kept
from course_utils.models.feature_map import FeatureMap

HIDDEN = 64  # channels of the head's one convolution
RARE = -4.0  # the first logits of all classes: nearly every cell is background


class DenseHead(nn.Module):
    """Feature maps (B, D, h, w) to logits (B, K, h, w) and distances (B, 4, h, w) in pixels.

    Args:
        num_features: D.
        num_classes: K; background is none of them.
        stride: Pixels of the picture a side of a cell.
    """

    def __init__(self, num_features: int, num_classes: int, stride: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(
            nn.Conv2d(num_features, HIDDEN, 3, padding=1, bias=False),
            nn.BatchNorm2d(HIDDEN),
            nn.ReLU(),
        )
        self.classes = nn.Conv2d(HIDDEN, num_classes, 1)
        self.sides = nn.Conv2d(HIDDEN, 4, 1)
        nn.init.constant_(self.classes.bias, RARE)
        self.stride = stride

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and distances; distances are above 0."""
        mixed = self.mix(features)
        return self.classes(mixed), F.softplus(self.sides(mixed) + 1) * self.stride


class DenseDetector(nn.Module):
    """A backbone before its pooling, and a dense head.

    Args:
        backbone: Gives a map of features.
        num_classes: K.
        near: Of ``cells_of_boxes``; None for three quarters of a cell.
    """

    def __init__(self, backbone: FeatureMap, num_classes: int, near: float | None = None) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = DenseHead(backbone.num_features, num_classes, backbone.stride)
        self.num_classes = num_classes
        self.near = 0.75 * backbone.stride if near is None else near

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K, h, w) and distances (B, 4, h, w) of pictures (B, C, H, W)."""
        return self.head(self.backbone(images))

    def losses(self, images: Tensor, targets: Sequence[Target]) -> dict[str, Tensor]:
        """Loss of the classes and of the boxes, as of ``dense_losses``."""
        return self.losses_of(self.backbone(images), targets)

    def losses_of(self, features: Tensor, targets: Sequence[Target]) -> dict[str, Tensor]:
        """The same from the backbone's features (B, D, h, w), which another head may share."""
        return dense_losses(*self.head(features), targets, self.head.stride, self.near)

    @torch.no_grad()
    def detect(
        self, images: Tensor, *, min_score: float = MIN_SCORE, nms_iou: float | None = NMS_IOU
    ) -> list[Detections]:
        """What is found on each of the pictures (B, C, H, W), the surest first.

        Args:
            images: Float32 from 0 to 1.
            min_score: Detections below it are left out.
            nms_iou: Of two boxes of one class that overlap more, the surer one is kept; None keeps
                all.
        """
        logits, distances = self(images)
        boxes = boxes_of_distances(distances, self.head.stride)
        scores = logits.sigmoid()
        return [
            kept(box, score, images.shape[-2:], min_score, nms_iou)
            for box, score in zip(boxes, scores, strict=True)
        ]


class HeadAlone:
    """The head of a dense detector, to learn from maps of features that were computed once.

    Args:
        detector: Its head learns; its backbone is not asked.
    """

    def __init__(self, detector: DenseDetector) -> None:
        self._detector = detector

    def losses(self, features: Tensor, targets: Sequence[Target]) -> dict[str, Tensor]:
        """As of the detector, from its backbone's features (B, D, h, w) in place of pictures."""
        return self._detector.losses_of(features, targets)


def dense_losses(
    logits: Tensor, distances: Tensor, targets: Sequence[Target], stride: int, near: float
) -> dict[str, Tensor]:
    """The two terms of a dense detector's loss.

    Args:
        logits: (B, K, h, w).
        distances: (B, 4, h, w), pixels.
        targets: B of them; what does not count is not learned, and its cells ask for no class.
        stride: Pixels a side of a cell.
        near: Of ``cells_of_boxes``.

    Returns:
        ``classes``, the focal loss of all cells, and ``boxes``, 1 minus the generalised IoU of the
        cells with a box; both sums divided by the number of cells with a box.
    """
    from torchvision.ops import generalized_box_iou_loss, sigmoid_focal_loss  # here: a second

    owners = [
        cells_of_boxes(target["boxes"], *logits.shape[-2:], stride, near) for target in targets
    ]
    starts = [0, *accumulate(len(target["boxes"]) for target in targets)]
    owner = torch.stack(
        [own.where(own < 0, own + start) for own, start in zip(owners, starts[:-1], strict=True)]
    )
    boxes, labels, counts = (
        torch.cat([target[name] for target in targets]) for name in ("boxes", "labels", "counts")
    )
    learns = owner >= 0
    learns[learns.clone()] = counts[owner[learns]]
    is_class = torch.zeros_like(logits)
    where, row, column = learns.nonzero(as_tuple=True)
    is_class[where, labels[owner[learns]], row, column] = 1
    per_cell = sigmoid_focal_loss(logits, is_class).sum(dim=1)  # (B, h, w)
    asked = learns | (owner < 0)
    found = boxes_of_distances(distances, stride)[learns]
    num_cells = learns.sum().clamp(min=1)
    return {
        "classes": per_cell[asked].sum() / num_cells,
        "boxes": generalized_box_iou_loss(found, boxes[owner[learns]], reduction="sum") / num_cells,
    }
