"""The surest answers of one class over all pictures, to be scored by hand and by the library."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.detection.detector import Detections


class Answer(NamedTuple):
    """One detection: its score, the place of its picture, and its box (4,)."""

    score: float
    picture: int
    box: Tensor


def surest_answers(found: Sequence[Detections], label: int, most: int) -> list[Answer]:
    """The ``most`` surest detections of class ``label``, the surest first."""
    answers = [
        Answer(score.item(), picture, box)
        for picture, each in enumerate(found)
        for score, box in zip(
            each["scores"][each["labels"] == label],
            each["boxes"][each["labels"] == label],
            strict=True,
        )
    ]
    return sorted(answers, key=lambda answer: -answer.score)[:most]


def as_detections(answers: Sequence[Answer], label: int, num_pictures: int) -> list[Detections]:
    """The same answers of class ``label``, picture by picture."""
    found = []
    for picture in range(num_pictures):
        mine = [answer for answer in answers if answer.picture == picture]
        boxes = [answer.box for answer in mine]
        found.append(
            {
                "boxes": torch.stack(boxes) if boxes else torch.zeros(0, 4),
                "labels": torch.full((len(mine),), label),
                "scores": torch.tensor([answer.score for answer in mine]),
            }
        )
    return found


def of_one_class(pictures: BoxedPictures, label: int) -> BoxedPictures:
    """The same pictures with the boxes of class ``label`` alone, and without masks."""
    kept = [labels == label for labels in pictures.labels]
    parts = {
        name: tuple(
            values[keep] for values, keep in zip(getattr(pictures, name), kept, strict=True)
        )
        for name in ("boxes", "labels", "counts")
    }
    return replace(pictures, **parts, masks=None)
