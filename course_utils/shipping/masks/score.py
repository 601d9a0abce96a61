"""How a segmenter did at its test, as a file holds it."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from course_utils.evaluation.segmentation.over_pictures import ScoresOverPictures

NO_NUMBER = (math.nan, math.nan)


def to_json(score: ScoresOverPictures) -> dict[str, Any]:
    """What JSON holds of ``score``, with None in the place of nan, which JSON does not know."""
    return {name: _plain(value) for name, value in asdict(score).items()}


def from_json(content: Mapping[str, Any]) -> ScoresOverPictures:
    """What ``to_json`` was made of."""
    return ScoresOverPictures(
        content["mean_iou"],
        tuple(content["mean_iou_ends"]),
        content["pixel_accuracy"],
        tuple(content["pixel_accuracy_ends"]),
        tuple(math.nan if iou is None else iou for iou in content["class_iou"]),
        tuple(NO_NUMBER if None in ends else tuple(ends) for ends in content["class_iou_ends"]),
        tuple(content["class_names"]),
        tuple(content["class_units"]),
        content["num_units"],
        content["unit"],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
