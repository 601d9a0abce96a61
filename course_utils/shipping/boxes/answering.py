"""Boxes on pictures that nobody labelled, by a detector that was loaded from its folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from course_utils.models.detection.answering import detect_on
from course_utils.models.detection.detector import Detections
from course_utils.shipping.answering import Picture
from course_utils.shipping.boxes.loading import ShippedDetector
from course_utils.shipping.whole_pictures import MOST_AT_ONCE, ask_in_batches


@dataclass(frozen=True)
class Found:
    """What a detector finds on one picture.

    Args:
        size: Width and height in pixels, upright; None if it could not be read.
        detections: In the pixels of the whole picture, upright, the surest first.
        problem: Why it could not be read, and the way out.
    """

    size: tuple[int, int] | None
    detections: Detections
    problem: str | None = None

    def from_score(self, min_score: float) -> "Found":
        """The same without detections whose score is below ``min_score``."""
        keep = self.detections["scores"] >= min_score
        some = {name: values[keep] for name, values in self.detections.items()}
        return Found(self.size, some, self.problem)


def find_on_pictures(model: ShippedDetector, pictures: Sequence[Picture]) -> list[Found]:
    """What ``model`` finds on ``pictures``, however many; what cannot be read is told apart.

    Args:
        model: From ``load_detector``.
        pictures: Paths, or contents of files.
    """
    return [found for some in find_in_batches(model, pictures) for found in some]


def find_in_batches(
    model: ShippedDetector, pictures: Sequence[Picture], most: int = MOST_AT_ONCE
) -> Iterator[list[Found]]:
    """The same, batch by batch: no more pictures are in memory at a time.

    Args:
        model: From ``load_detector``.
        pictures: As above.
        most: Pictures of a batch.
    """
    nothing = {
        "boxes": torch.zeros(0, 4),
        "labels": torch.zeros(0).long(),
        "scores": torch.zeros(0),
    }
    for some in ask_in_batches(model, pictures, partial(detect_on, model.network), most):
        yield [
            Found(None, nothing, each)
            if isinstance(each, str)
            else Found(each[0].size, _enlarged(each[1], each[0].pixels, each[0].size))
            for each in some
        ]


def _enlarged(found: Detections, image: Tensor, size: tuple[int, int]) -> Detections:
    """Detections on ``image`` (C, H, W) in the pixels of the picture of that width and height."""
    height, width = image.shape[-2:]
    factors = torch.tensor([size[0] / width, size[1] / height] * 2)
    ends = torch.tensor([*size, *size], dtype=torch.float32)
    return {**found, "boxes": (found["boxes"] * factors).clamp(min=0).minimum(ends)}
