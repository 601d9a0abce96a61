"""What every detector of the workbook can do, whoever built it."""

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor

from course_utils.data.boxes.examples import Target

# One picture: "boxes" (n, 4), float32, left, top, right, bottom in pixels; "labels" (n,), int64
# from 0; "scores" (n,), float32 from 0 to 1, the highest first.
Detections = dict[str, Tensor]

MIN_SCORE = 0.05  # below it a detection is not kept: so low that the curve of precision is whole
NMS_IOU = 0.5  # boxes of one class that overlap more are taken for one object
MOST_DETECTIONS = 100  # of one picture; COCO's rules look at no more


class Detector(Protocol):
    """Pictures in; while it learns losses by name, else detections."""

    def losses(
        self, images: Tensor | Sequence[Tensor], targets: Sequence[Target]
    ) -> dict[str, Tensor]:
        """The terms of the loss, one number each; their sum is what is minimised.

        Args:
            images: B pictures (C, H, W), float32 from 0 to 1.
            targets: B of them.
        """

    def detect(self, images: Tensor | Sequence[Tensor]) -> list[Detections]:
        """What is found on each picture, after non-maximum suppression; in the mode it is in."""
