"""Which box every detection found, by the rules of COCO: the surest chooses first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.inputs import check_detections
from course_utils.models.detection.detector import Detections

IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)  # COCO's, (T,)
MOST_DETECTIONS = 100  # of a picture and class; COCO's rules look at no more
NONE = -1  # instead of a place: no box was found
NO_PLACES = np.empty(0, dtype=np.int64)
COLUMNS = ("boxes", "labels", "scores")


@dataclass(frozen=True)
class Matches:
    """What became of D detections at T thresholds of IoU, the surest first.

    Args:
        thresholds: (T,), how much a detection must overlap a box to have found it.
        pictures: (D,), int64, number of the picture.
        places: (D,), int64, place among the detections of the picture.
        labels: (D,), int64.
        scores: (D,), float64, falling; equal ones in the order of the pictures.
        boxes: (T, D), int64, place of the box it found among those of the picture, or ``NONE``.
        is_right: (T, D), bool, found a box that counts.
        is_left_out: (T, D), bool, found one that does not: neither right nor false.
        num_boxes: (N, K), int64, boxes that count, by picture and class.
    """

    thresholds: np.ndarray
    pictures: np.ndarray
    places: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    is_right: np.ndarray
    is_left_out: np.ndarray
    num_boxes: np.ndarray


def place_of(threshold: float) -> int:
    """Place of ``threshold`` among COCO's, which computers do not hold exactly."""
    return int(np.abs(IOU_THRESHOLDS - threshold).argmin())


def match_detections(
    detections: Sequence[Detections],
    pictures: BoxedPictures,
    thresholds: np.ndarray = IOU_THRESHOLDS,
) -> Matches:
    """Say of every detection which box of its class it found.

    The surest detection chooses first: of the boxes that count and that no other has found, the one
    it overlaps most. If none overlaps enough, it may have found something that does not count,
    which any number of detections can find; there the overlap is the share of the detection that
    lies in it.

    Args:
        detections: N of them, in the order of the pictures.
        pictures: N.
        thresholds: (T,), of IoU, from 0 to 1.

    Raises:
        ValueError: As of ``check_detections``.

    Source: ``evaluateImg`` of COCO's own library, https://github.com/cocodataset/cocoapi
    """
    check_detections(detections, pictures)
    columns = [
        _match_picture(number, found, pictures, thresholds)
        for number, found in enumerate(detections)
    ]
    joined = [np.concatenate(column, axis=-1) for column in zip(*columns, strict=True)]
    order = np.argsort(-joined[3], kind="stable")
    rows = [column[..., order] for column in joined]
    return Matches(thresholds, *rows, _count_boxes(pictures))


def _match_picture(
    number: int, found: Detections, pictures: BoxedPictures, thresholds: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The fields of ``Matches`` from ``pictures`` to ``is_left_out`` for one picture."""
    from faster_coco_eval import mask as library  # here: it takes a moment to import

    boxes, labels, scores = (found[name].detach().cpu().numpy() for name in COLUMNS)
    theirs, classes = pictures.boxes[number].numpy(), pictures.labels[number].numpy()
    counts = pictures.counts[number].numpy()
    surest_first = np.argsort(-scores, kind="stable")
    places, matched = [NO_PLACES], [np.empty((len(thresholds), 0), dtype=np.int64)]
    for label in np.unique(labels):
        mine = surest_first[labels[surest_first] == label][:MOST_DETECTIONS]
        same = np.flatnonzero(classes == label)
        chosen = np.full((len(thresholds), len(mine)), NONE)
        if len(same):
            crowds = (~counts[same]).astype(int).tolist()
            overlaps = library.iou(_as_xywh(boxes[mine]), _as_xywh(theirs[same]), crowds)
            chosen = np.append(same, NONE)[_choose(overlaps, counts[same], thresholds)]
        places.append(mine)
        matched.append(chosen)
    place, box = np.concatenate(places), np.concatenate(matched, axis=1)
    is_right, is_left_out = (np.append(each, False)[box] for each in (counts, ~counts))
    fixed = np.full(len(place), number), place, labels[place], scores[place].astype(float)
    return *fixed, box, is_right, is_left_out


def _choose(overlaps: np.ndarray, counts: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Which of g boxes each of d detections found: (T, d), int64, or ``NONE``.

    Args:
        overlaps: (d, g), from 0 to 1, the surest detection first.
        counts: (g,), bool.
        thresholds: (T,).
    """
    every, limits = np.arange(len(thresholds)), np.minimum(thresholds, 1 - 1e-10)
    is_free = np.repeat(counts[None], len(thresholds), axis=0)  # (T, g)
    chosen = np.full((len(thresholds), len(overlaps)), NONE)
    for detection, overlap in enumerate(overlaps):
        if overlap.max() < limits.min():
            continue
        free, apart = np.where(is_free, overlap, -1), np.where(counts, -1, overlap)
        best, best_apart = _last_largest(free), _last_largest(apart)
        is_found = free[every, best] >= limits
        is_apart = ~is_found & (apart[best_apart] >= limits)
        chosen[is_found, detection] = best[is_found]
        chosen[is_apart, detection] = best_apart
        is_free[every[is_found], best[is_found]] = False
    return chosen


def _last_largest(values: np.ndarray) -> np.ndarray:
    """Place of the largest along the last axis; of equal ones the last, as COCO takes it."""
    return values.shape[-1] - 1 - values[..., ::-1].argmax(axis=-1)


def _as_xywh(boxes: np.ndarray) -> np.ndarray:
    """Left, top, width and height (n, 4), float64."""
    corners = boxes.astype(float)
    return np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)


def _count_boxes(pictures: BoxedPictures) -> np.ndarray:
    """Boxes that count, by picture and class: (N, K), int64."""
    each = zip(pictures.labels, pictures.counts, strict=True)
    rows = [labels[counts].bincount(minlength=pictures.num_classes) for labels, counts in each]
    return np.stack([row.numpy() for row in rows])
