"""A trained detector saved as one folder, proved to find the same before it stands there."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.detection.answering import detect_on
from course_utils.models.detection.detector import Detections
from course_utils.shipping.architecture import describe_computing
from course_utils.shipping.boxes.architecture import describe_detector
from course_utils.shipping.boxes.card import card_text
from course_utils.shipping.boxes.loading import read_detector
from course_utils.shipping.boxes.score import BoxScore, to_json
from course_utils.shipping.fingerprint import write_digests
from course_utils.shipping.record import (
    CARD,
    DETECTION,
    FORMAT_WITH_TASK,
    LEARNED_FROM,
    RECIPES,
    RECORD,
    versions_here,
    write_record,
)
from course_utils.shipping.saving import NUM_TRIED, CardTexts, refuse_astray, write_weights
from course_utils.shipping.targets import whole_folder

IN_WORDS = (
    "upright by its EXIF tag; 8 bits deep; white where it is transparent; whole, its longer side "
    "scaled to the size below, by Pillow's resize, bilinear; then divided by 255"
)
# The last digits of mixed precision and of compiled models may move a box and its score a little,
# and let one more or less through.
LEAST_OVERLAP, MOST_APART, LEAST_SHARE = 0.9, 0.02, 0.9


def save_detector(
    folder: Path,
    model: nn.Module,
    *,
    learned_from: BoxedPictures,
    image_size: int | None,
    texts: CardTexts,
    test: BoxScore | None,
    min_score: float = 0.5,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``model`` to ``folder``, whole or not at all; return ``folder``.

    Args:
        folder: As ``check_target`` returned it.
        model: A ``DenseDetector`` on a backbone of the workbook, or a ``TorchvisionDetector``; it
            stays as it is.
        learned_from: The pictures it learned from, as ``read_boxes`` made them: class names and
            channels are taken from here.
        image_size: What ``read_boxes`` scaled them to.
        texts: For the model card; ``backbone`` is ``"random"`` where nothing was pretrained.
        test: How it did on its test pictures; None if there were none.
        min_score: From which score on its boxes are shown, chosen on validation pictures.
        more: What else the report is to hold, anything that JSON can.

    Raises:
        ValueError: If something stands there, or the model cannot be read back as it is.
        OSError: If the folder cannot be written.
    """
    channels = _check(model, learned_from, image_size, test, min_score)
    with whole_folder(folder) as unfinished:
        weights = write_weights(model, unfinished)
        record = {
            "format": FORMAT_WITH_TASK,
            "task": DETECTION,
            "class_names": list(learned_from.class_names),
            "architecture": describe_detector(model),
            "pictures": {
                "image_size": image_size,
                "channels": channels,
                "recipe": RECIPES[DETECTION],
                "in_words": IN_WORDS,
            },
            "min_score": float(min_score),
            "computed": describe_computing(model),
            "versions": versions_here(),
            "learned_from": _describe_learning(learned_from, unfinished / LEARNED_FROM),
            "weights": weights,
            "report": {
                "texts": asdict(texts),
                "test": None if test is None else to_json(test),
                "more": dict(more or {}),
            },
        }
        write_record(record, unfinished / RECORD)
        card = card_text(record, test, folder.name)
        (unfinished / CARD).write_text(card, encoding="utf-8")
        _prove(unfinished, model, learned_from)
    return folder


def _describe_learning(learned_from: BoxedPictures, file: Path) -> dict[str, Any]:
    """What was learned from, whose digests are written to ``file``."""
    both = zip(learned_from.labels, learned_from.counts, strict=True)
    labels = torch.cat([labels[counts] for labels, counts in both])
    return {
        "pictures": len(learned_from),
        "by_class": labels.bincount(minlength=learned_from.num_classes).tolist(),
        "fingerprint": write_digests(learned_from.images, file),
    }


def _check(
    model: nn.Module,
    learned_from: BoxedPictures,
    image_size: int | None,
    test: BoxScore | None,
    min_score: float,
) -> int:
    """Refuse what would make a model folder that says something false; return the channels."""
    num_classes, names = describe_detector(model)["num_classes"], learned_from.class_names
    if num_classes != len(names) or len(set(names)) != len(names):
        raise ValueError(
            f"the detector tells {num_classes} classes, and there are {len(set(names))} different "
            f"names in {list(names)[:5]}: each class needs its own"
        )
    if len(learned_from) == 0:
        raise ValueError(
            "learned_from holds no pictures: give those that the detector learned from"
        )
    channels, *sides = learned_from.images[0].shape
    if image_size is not None and max(sides) != image_size:
        raise ValueError(
            f"the pictures that were learned from have a longer side of {max(sides)} pixels, and "
            f"image_size is {image_size}: give the size that they were read at"
        )
    if test is not None and test.by_class and tuple(c.name for c in test.by_class) != names:
        raise ValueError("the test score and the training pictures have other classes or orders")
    if not 0 <= min_score <= 1:
        raise ValueError(f"min_score must be from 0 to 1, got {min_score}")
    refuse_astray(model)
    return channels


def _prove(folder: Path, model: nn.Module, learned_from: BoxedPictures) -> None:
    """Refuse to go on unless what is read back finds on some pictures what ``model`` does."""
    images = [learned_from.images[k] for k in range(min(NUM_TRIED, len(learned_from)))]
    again = read_detector(folder, next(model.parameters()).device.type).network
    ours, theirs = detect_on(model, images), detect_on(again, images)
    both = [(a, b) for one, other in zip(ours, theirs, strict=True) for a, b in
            ((one, other), (other, one))]  # fmt: skip
    found = torch.cat([_has_like(a, b) for a, b in both])
    if len(found) and found.float().mean() < LEAST_SHARE:
        raise ValueError(
            f"the detector that was saved finds otherwise than yours (of {len(found)} boxes on "
            f"both sides only {int(found.sum())} are on the other), so it was not kept: something "
            "in the network is not among its weights"
        )


def _has_like(found: Detections, others: Detections) -> Tensor:
    """Which of ``found`` (n,) have nearly the same box, label and score among ``others``."""
    from torchvision.ops import box_iou  # here: it takes a second to import

    like = box_iou(found["boxes"], others["boxes"]) >= LEAST_OVERLAP
    like &= found["labels"][:, None] == others["labels"]
    like &= (found["scores"][:, None] - others["scores"]).abs() <= MOST_APART
    return like.any(dim=1)
