"""A detector's folder read back: the same network, the same boxes, or a refusal that says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from course_utils.session.devices import find_device
from course_utils.shipping.architecture import compute_likewise
from course_utils.shipping.boxes.architecture import rebuild_detector
from course_utils.shipping.boxes.score import BoxScore, from_json
from course_utils.shipping.loading import load_weights, tell_differences
from course_utils.shipping.record import DETECTION, RECORD, WEIGHTS, read_record


@dataclass(frozen=True)
class ShippedDetector:
    """A trained detector, and what is needed to ask it and to trust it.

    Args:
        folder: Where it was read from.
        network: A ``Detector``, in eval mode, on its device.
        class_names: K names, in the order of the labels.
        image_size: Pixels of the longer side that the loader brings pictures to; None for pictures
            as they are.
        channels: C that it brings them to, 1 for grey or 3 for colour.
        min_score: From which score on its boxes are shown.
        test: How it did at its test; None if it never was tested.
        record: All that ``model.json`` says.
    """

    folder: Path
    network: nn.Module
    class_names: tuple[str, ...]
    image_size: int | None
    channels: int
    min_score: float
    test: BoxScore | None
    record: Mapping[str, Any]


def load_detector(folder: str | Path, device: str = "cpu") -> ShippedDetector:
    """The detector in ``folder``; on the machine that saved it, with the same boxes.

    Arguments, errors and the line about what differs are as of ``load_model``.
    """
    model = read_detector(folder, device)
    tell_differences(model.folder, model.record, device, "boxes and scores")
    return model


def read_detector(folder: str | Path, device: str = "cpu") -> ShippedDetector:
    """``load_detector`` without a word on what differs."""
    folder = Path(folder).expanduser()
    record = read_record(folder / RECORD, DETECTION)
    network = rebuild_detector(record["architecture"])
    load_weights(network, folder / WEIGHTS, record["weights"]["sha256"])
    pictures, test = record["pictures"], record["report"]["test"]
    return ShippedDetector(
        folder,
        compute_likewise(network, record["computed"], find_device(device)),
        tuple(record["class_names"]),
        pictures["image_size"],
        pictures["channels"],
        record["min_score"],
        None if test is None else from_json(test),
        record,
    )
