"""A trained detector saved as one folder, proved to find the same before it stands there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.detection.answering import detect_on
from course_utils.models.detection.detector import Detections
from course_utils.shipping.boxes.architecture import describe_detector
from course_utils.shipping.boxes.card import card_text
from course_utils.shipping.boxes.loading import read_detector
from course_utils.shipping.boxes.score import BoxScore, to_json
from course_utils.shipping.checks import refuse_astray, refuse_names, refuse_size
from course_utils.shipping.fingerprint import digests
from course_utils.shipping.record import DETECTION
from course_utils.shipping.writing import (
    NUM_TRIED,
    CardTexts,
    Contents,
    write_folder,
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
    _check(model, learned_from, image_size, test, min_score)
    contents = Contents(
        task=DETECTION,
        class_names=learned_from.class_names,
        architecture=describe_detector(model),
        inputs={"image_size": image_size, "channels": learned_from.images[0].shape[0]},
        digests=digests(learned_from.images),
        by_class=_count_boxes(learned_from),
        texts=texts,
        test=None if test is None else to_json(test),
        own={"min_score": float(min_score)},
        more=more,
    )
    return write_folder(
        folder,
        model,
        contents,
        lambda record: card_text(record, test, folder.name),
        lambda unfinished: _prove(unfinished, model, learned_from),
    )


def _count_boxes(learned_from: BoxedPictures) -> list[int]:
    """Boxes that count, of each class."""
    both = zip(learned_from.labels, learned_from.counts, strict=True)
    labels = torch.cat([labels[counts] for labels, counts in both])
    return labels.bincount(minlength=learned_from.num_classes).tolist()


def _check(
    model: nn.Module,
    learned_from: BoxedPictures,
    image_size: int | None,
    test: BoxScore | None,
    min_score: float,
) -> None:
    """Refuse what would make a model folder that says something false."""
    num_classes = describe_detector(model)["num_classes"]
    tested = [each.name for each in test.by_class] if test is not None else []
    refuse_names("detector", num_classes, learned_from.class_names, tested or None)
    refuse_size("detector", learned_from.images, image_size)
    if not 0 <= min_score <= 1:
        raise ValueError(f"min_score must be from 0 to 1, got {min_score}")
    refuse_astray(model)


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
