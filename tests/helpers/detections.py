"""Made-up pictures with boxes, and detections as good as one likes, to score."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.coco_scores import found_as_coco, truth_as_coco

Found = dict[str, Tensor]


def boxed(
    boxes: Sequence[Sequence[Sequence[float]]],
    labels: Sequence[Sequence[int]],
    counts: Sequence[Sequence[bool]] | None = None,
    num_classes: int = 1,
) -> BoxedPictures:
    """Blank pictures with these boxes, for each picture a list; all count if nothing says."""
    flags = [[True] * len(each) for each in labels] if counts is None else counts
    return BoxedPictures(
        torch.zeros(len(boxes), 1, 1, 1),
        tuple(torch.tensor(each, dtype=torch.float32).reshape(-1, 4) for each in boxes),
        tuple(torch.tensor(each, dtype=torch.int64) for each in labels),
        tuple(f"class {label}" for label in range(num_classes)),
        tuple(torch.tensor(each, dtype=torch.bool) for each in flags),
        tuple(f"{number}.png" for number in range(len(boxes))),
    )


def found(
    boxes: Sequence[Sequence[float]], labels: Sequence[int], scores: Sequence[float]
) -> Found:
    """The detections of one picture."""
    return {
        "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        "labels": torch.tensor(labels, dtype=torch.int64),
        "scores": torch.tensor(scores, dtype=torch.float32),
    }


def random_scenes(
    num_pictures: int,
    seed: int,
    *,
    num_classes: int = 4,
    crowds: float = 0.2,
    ties: bool = False,
    most: int = 5,
    each: int = 3,
) -> tuple[list[Found], BoxedPictures]:
    """Detections near the boxes of their pictures, some of another class, and the pictures.

    A third of the pictures are without boxes or without detections. Boxes may lie upon each other,
    and the last class is on no picture.

    Args:
        num_pictures: N.
        seed: Same seed, same scenes.
        num_classes: K.
        crowds: Share of the boxes that do not count.
        ties: Whether scores are of few values, and boxes of whole pixels.
        most: Boxes of a picture, at most.
        each: Detections for each box.
    """
    generator = np.random.default_rng(seed)
    boxes, labels, counts, detections = [], [], [], []
    for _ in range(num_pictures):
        number = generator.integers(1, most + 1) * (generator.random() > 0.2)
        corner, size = generator.uniform(0, 20, (number, 2)), generator.uniform(6, 12, (number, 2))
        box = np.concatenate([corner, corner + size], axis=1)
        box = box.round() if ties else box
        label = generator.integers(num_classes - 1, size=number)
        boxes.append(box.tolist())
        labels.append(label.tolist())
        counts.append((generator.random(number) >= crowds).tolist())
        near = np.repeat(box, each, axis=0)
        near = near + generator.normal(0, 1, near.shape)
        near[:, 2:] = np.maximum(near[:, :2], near[:, 2:])
        other = generator.integers(num_classes, size=len(near))
        kinds = np.where(generator.random(len(near)) < 0.8, np.repeat(label, each), other)
        scores = generator.random(len(near))
        if ties:
            near, scores = near.round(), (4 * scores).round() / 4
        if generator.random() < 0.15:
            near, kinds, scores = near[:0], kinds[:0], scores[:0]
        detections.append(found(near.tolist(), kinds.tolist(), scores.tolist()))
    return detections, boxed(boxes, labels, counts, num_classes)


def repeated(
    detections: Sequence[Found], pictures: BoxedPictures, times: Sequence[int]
) -> tuple[list[Found], BoxedPictures]:
    """Each picture as often as ``times`` says, copies side by side."""
    places = torch.arange(len(pictures)).repeat_interleave(torch.tensor(times))
    return [detections[place] for place in places.tolist()], pictures[places]


def in_groups(pictures: BoxedPictures, groups: Sequence[int]) -> BoxedPictures:
    """The same pictures, in these groups."""
    return replace(pictures, groups=torch.tensor(groups))


def by_cocos_authors(detections: Sequence[Found], pictures: BoxedPictures) -> Any:
    """What pycocotools makes of them: its scorer after it has evaluated all; it prints nothing."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = truth_as_coco(pictures)
        truth.createIndex()
        scorer = COCOeval(truth, truth.loadRes(list(found_as_coco(detections))), "bbox")
        scorer.evaluate()
        scorer.accumulate()
        scorer.summarize()
    return scorer
