"""Detections held against the pictures that they are for, before anything is scored."""

from collections.abc import Sequence

import torch

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.detection.detector import Detections


def check_detections(detections: Sequence[Detections], pictures: BoxedPictures) -> None:
    """Refuse what cannot be scored.

    Raises:
        ValueError: If there are no pictures, or not as many detections as pictures, those of a
            picture are not boxes, labels and scores of one length, a number is not finite, a box
            ends before it begins, or a label is of no class.
    """
    if len(pictures) == 0:
        raise ValueError("there are no pictures to score on; give the part a larger share")
    if len(detections) != len(pictures):
        raise ValueError(
            f"there are {len(pictures)} pictures and detections for {len(detections)}; detect on "
            "all of them, in their order"
        )
    for number, found in enumerate(detections):
        if said := _fault(found, pictures.num_classes):
            raise ValueError(f"picture {number} ({pictures.files[number]}): {said}")


def check_boxes(pictures: BoxedPictures) -> None:
    """Refuse pictures on which nothing can be scored.

    Raises:
        ValueError: If none of their boxes counts.
    """
    if not any(bool(counts.any()) for counts in pictures.counts):
        raise ValueError(
            f"none of the {len(pictures)} pictures has a box that counts, so there is nothing to "
            "score against; take pictures with objects, too"
        )


def _fault(found: Detections, num_classes: int) -> str:
    """What is wrong with the detections of one picture; empty if nothing."""
    if missing := {"boxes", "labels", "scores"} - set(found):
        return f"its detections lack {', '.join(sorted(missing))}"
    boxes, labels, scores = found["boxes"], found["labels"], found["scores"]
    number = len(scores)
    if boxes.shape != (number, 4) or labels.shape != (number,) or scores.shape != (number,):
        shapes = ", ".join(str(tuple(each.shape)) for each in (boxes, labels, scores))
        return f"boxes, labels and scores must be (n, 4), (n,) and (n,), got {shapes}"
    if not bool(torch.isfinite(boxes).all() and torch.isfinite(scores).all()):
        return "a box or a score is not finite; did the training diverge?"
    if bool((boxes[:, 2:] < boxes[:, :2]).any()):
        return "a box ends before it begins: are these x, y, width and height?"
    if bool(((labels < 0) | (labels >= num_classes)).any()):
        wrong = sorted({int(label) for label in labels if not 0 <= label < num_classes})
        return f"labels must be from 0 to {num_classes - 1}, got {wrong}"
    return ""
