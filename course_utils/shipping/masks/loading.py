"""A segmenter's folder read back: the same network, the same maps, or a refusal that says why."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from course_utils.evaluation.segmentation.over_pictures import ScoresOverPictures
from course_utils.shipping.masks.architecture import rebuild_segmenter
from course_utils.shipping.masks.score import from_json
from course_utils.shipping.reading import ShippedForPictures, read_shipped, tell_differences
from course_utils.shipping.record import SEGMENTATION


@dataclass(frozen=True)
class ShippedSegmenter(ShippedForPictures[nn.Module, ScoresOverPictures]):
    """A trained ``Segmenter``.

    ``class_names`` begin with that of background; ``image_size`` is the longer side of a picture.
    """

    @property
    def num_classes(self) -> int:
        """K; background is none of them."""
        return len(self.class_names) - 1


def load_segmenter(folder: str | Path, device: str = "cpu") -> ShippedSegmenter:
    """The segmenter in ``folder``; on the machine that saved it, with the same maps.

    Arguments, errors and the line about what differs are as of ``load_model``.
    """
    model = read_segmenter(folder, device)
    tell_differences(model, device, "logits of maps")
    return model


def read_segmenter(folder: str | Path, device: str = "cpu") -> ShippedSegmenter:
    """``load_segmenter`` without a word on what differs."""
    return read_shipped(
        ShippedSegmenter, folder, device, SEGMENTATION, rebuild_segmenter, from_json
    )
