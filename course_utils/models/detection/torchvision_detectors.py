"""torchvision's own detectors on a ResNet of the workbook: FCOS, and Faster R-CNN with a pyramid.

Both look at pictures at several sizes at once (a feature pyramid, FPN), so they suit photographs.

Source: Tian, Shen, Chen, He, "FCOS: Fully Convolutional One-Stage Object Detection" (2019); Ren,
    He, Girshick, Sun, "Faster R-CNN: Towards Real-Time Object Detection" (2015); Lin and others,
    "Feature Pyramid Networks for Object Detection" (2017).
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_utils.data.boxes.examples import Target
from course_utils.models.asking import with_channels
from course_utils.models.computing import computing_in
from course_utils.models.detection.detector import MIN_SCORE, NMS_IOU, Detections
from course_utils.models.detection.pyramids import (
    build_faster_rcnn,
    build_fcos,
    build_pyramid,
    no_pyramid,
)
from course_utils.models.inference import eval_mode, train_mode
from course_utils.models.resnets import is_resnet_name
from course_utils.models.torchvision_backbones import TorchvisionBackbone

KINDS = ("fcos", "fasterrcnn")
LEAST_SIZE = 32  # pixels, at which the deepest map of a ResNet has one cell
LEAST_SIDE = 0.01  # pixels; what is thinner is no box


class TorchvisionDetector(nn.Module):
    """A detector of torchvision with a feature pyramid on a ResNet.

    Whether it is in train or eval mode makes no difference to it.

    Pretrained, its batch norm keeps the statistics and the scale it has, as in torchvision, and the
    first layers do not learn. From random weights that would be no norm at all, and a few pictures
    at a time are too few for statistics of their own: there it has group norm, and all layers
    learn, so that each start has what suits it.

    Where a target does not count, its place is painted over with the mean colour before the picture
    is learned from, except where something that counts is in front: torchvision itself would take
    such a place for background.

    Args:
        backbone: A ResNet of torchvision. It stays as it is.
        num_classes: K; background is none of them.
        kind: ``"fcos"`` or ``"fasterrcnn"``. The latter draws from torch's global generator while
            it learns.
        image_size: Pixels of the longer side that each picture is scaled to; boxes are scaled back.
        pretrained: Whether to take the backbone's weights; otherwise they are drawn anew.
        trainable_layers: How many of the ResNet's five layers learn, from the last one on, if it is
            pretrained.

    Raises:
        ValueError: If an argument does not fit, such as a backbone that is no ResNet.
    """

    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(
        self,
        backbone: TorchvisionBackbone,
        num_classes: int,
        kind: str = "fcos",
        image_size: int = 256,
        *,
        pretrained: bool = True,
        trainable_layers: int = 3,
    ) -> None:
        super().__init__()
        _check(backbone, num_classes, kind, image_size)
        self.name, self.num_classes, self.kind = backbone.name, num_classes, kind
        self.image_size, self.pretrained = image_size, pretrained
        pyramid = build_pyramid(backbone, kind, pretrained, trainable_layers)
        mean, std = (values.flatten().tolist() for values in (backbone.mean, backbone.std))
        look = {
            "min_size": image_size,
            "max_size": image_size,
            "image_mean": mean,
            "image_std": std,
        }
        build = build_fcos if kind == "fcos" else build_faster_rcnn
        self.first_label, self.model = build(pyramid, num_classes, look)

    @property
    def mean(self) -> list[float]:
        """Of red, green and blue, which becomes 0."""
        return self.model.transform.image_mean

    @property
    def std(self) -> list[float]:
        """Of red, green and blue, which becomes 1."""
        return self.model.transform.image_std

    def losses(
        self, images: Tensor | Sequence[Tensor], targets: Sequence[Target]
    ) -> dict[str, Tensor]:
        """The terms of torchvision's loss, one number each.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1, C 1 or 3.
            targets: B of them, with labels from 0.
        """
        both = zip(images, targets, strict=True)
        shown = [
            _painted_over(with_channels(image, 3), target, self.mean) for image, target in both
        ]
        learned = [
            {
                "boxes": target["boxes"][target["counts"]],
                "labels": target["labels"][target["counts"]] + self.first_label,
            }
            for target in targets
        ]
        with train_mode(self.model), computing_in(self.precision, shown[0].device):
            return {name: loss.float() for name, loss in self.model(shown, learned).items()}

    @torch.no_grad()
    def detect(
        self,
        images: Tensor | Sequence[Tensor],
        *,
        min_score: float = MIN_SCORE,
        nms_iou: float | None = NMS_IOU,
    ) -> list[Detections]:
        """What is found on each of the pictures, in their own pixels, the surest first.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1, C 1 or 3.
            min_score: Detections below it are left out.
            nms_iou: Of two boxes of one class that overlap more, the surer one is kept; None keeps
                all.
        """
        from torchvision.ops import remove_small_boxes  # here: it takes a second to import

        rules = self.model if self.kind == "fcos" else self.model.roi_heads
        rules.score_thresh, rules.nms_thresh = min_score, 1.0 if nms_iou is None else nms_iou
        shown = [with_channels(image, 3) for image in images]
        with eval_mode(self.model), computing_in(self.precision, shown[0].device):
            found = self.model(shown)
        answers = []
        for each in found:
            keep = remove_small_boxes(each["boxes"], LEAST_SIDE)
            answers.append(
                {
                    "boxes": each["boxes"][keep].float(),
                    "labels": each["labels"][keep] - self.first_label,
                    "scores": each["scores"][keep].float(),
                }
            )
        return answers


def _check(backbone: nn.Module, num_classes: int, kind: str, image_size: int) -> None:
    if not isinstance(backbone, TorchvisionBackbone) or not is_resnet_name(backbone.name):
        raise no_pyramid(getattr(backbone, "name", type(backbone).__name__))
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    if kind not in KINDS:
        raise ValueError(f"kind must be {' or '.join(map(repr, KINDS))}, got {kind!r}")
    if image_size < LEAST_SIZE:
        raise ValueError(f"image_size must be at least {LEAST_SIZE} pixels, got {image_size}")


def _painted_over(image: Tensor, target: Target, colour: Sequence[float]) -> Tensor:
    """``image`` (3, H, W) in one ``colour`` where only what does not count is to be seen."""
    hidden = torch.zeros(image.shape[1:], dtype=torch.bool, device=image.device)
    for is_hidden in (True, False):
        for box in target["boxes"][target["counts"] != is_hidden].tolist():
            left, top = (math.floor(side) for side in box[:2])
            right, bottom = (math.ceil(side) for side in box[2:])
            hidden[top:bottom, left:right] = is_hidden
    mean = torch.tensor(colour, dtype=image.dtype, device=image.device)
    return torch.where(hidden, mean[:, None, None], image)
