"""A detector's folder read back: the same network, the same boxes, or a refusal that says why."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from course_utils.shipping.boxes.architecture import rebuild_detector
from course_utils.shipping.boxes.score import BoxScore, from_json
from course_utils.shipping.reading import ShippedForPictures, read_shipped, tell_differences
from course_utils.shipping.record import DETECTION


@dataclass(frozen=True)
class ShippedDetector(ShippedForPictures[nn.Module, BoxScore]):
    """A trained ``Detector``.

    ``image_size`` is the longer side of a picture.
    """

    @property
    def min_score(self) -> float:
        """From which score on its boxes are shown."""
        return self.record["min_score"]


def load_detector(folder: str | Path, device: str = "cpu") -> ShippedDetector:
    """The detector in ``folder``; on the machine that saved it, with the same boxes.

    Arguments, errors and the line about what differs are as of ``load_model``.
    """
    model = read_detector(folder, device)
    tell_differences(model, device, "boxes and scores")
    return model


def read_detector(folder: str | Path, device: str = "cpu") -> ShippedDetector:
    """``load_detector`` without a word on what differs."""
    return read_shipped(ShippedDetector, folder, device, DETECTION, rebuild_detector, from_json)
