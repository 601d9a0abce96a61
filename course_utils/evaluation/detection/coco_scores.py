"""Scores of a detector by the rules of COCO, computed by a library that many use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.plain_text import counted
from course_utils.evaluation.detection.inputs import check_boxes, check_detections
from course_utils.evaluation.detection.matching import IOU_THRESHOLDS, MOST_DETECTIONS, place_of
from course_utils.models.detection.detector import Detections

ALL_AREAS = [[0, 1e10]]  # square pixels: boxes of every size, COCO's "all"


@dataclass(frozen=True)
class DetectionScores:
    """How good the boxes of a detector are, each from 0 to 1.

    Args:
        mean_ap: The mAP: average precision, meant over the classes and over an IoU from which a box
            is right of 0.5, 0.55, ... 0.95.
        ap50: The same at an IoU of 0.5 alone.
        ap75: At 0.75 alone.
        class_ap: (K,), mean over the IoUs, by label; nan where the pictures show none of a class.
        class_names: (K,).
        num_pictures: Pictures scored on, those without objects, too.
        num_boxes: Their boxes that count.
    """

    mean_ap: float
    ap50: float
    ap75: float
    class_ap: tuple[float, ...]
    class_names: tuple[str, ...]
    num_pictures: int
    num_boxes: int

    def __str__(self) -> str:
        boxes = f"{self.num_boxes:,} box{'es' * (self.num_boxes != 1)}"
        on = f"{counted(self.num_pictures, 'picture')} with {boxes}"
        return f"mAP {self.mean_ap:.3f}, AP50 {self.ap50:.3f}, AP75 {self.ap75:.3f} on {on}"


def score_detections(detections: Sequence[Detections], pictures: BoxedPictures) -> DetectionScores:
    """Score detections by the rules of COCO.

    What does not count is treated as COCO treats a crowd: detections of its class are left out if a
    large enough share of them lies in it, however many there are. VOC's own rules are a little
    stricter: they leave out what fits a difficult object, and count a part of it as false.

    Args:
        detections: N of them, in the order of the pictures. Of each picture and class the 100
            surest are looked at.
        pictures: N.

    Raises:
        ValueError: As of ``check_detections`` and ``check_boxes``.
    """
    from faster_coco_eval import COCO, COCOeval_faster  # here: it takes a moment to import

    check_detections(detections, pictures)
    check_boxes(pictures)
    truth = COCO(truth_as_coco(pictures))
    scorer = COCOeval_faster(truth, truth.loadRes(list(found_as_coco(detections))), "bbox")
    scorer.params.iouThrs = IOU_THRESHOLDS
    scorer.params.maxDets = [MOST_DETECTIONS]
    scorer.params.areaRng, scorer.params.areaRngLbl = ALL_AREAS, ["all"]
    scorer.evaluate()
    scorer.accumulate()
    precision = scorer.eval["precision"][..., 0, 0]  # (T, 101, K); -1 for a class that is not there
    ap = np.where(precision < 0, np.nan, precision).mean(axis=1)  # (T, K)
    return DetectionScores(
        float(np.nanmean(ap)),
        float(np.nanmean(ap[place_of(0.5)])),
        float(np.nanmean(ap[place_of(0.75)])),
        tuple(ap.mean(axis=0).tolist()),
        pictures.class_names,
        len(pictures),
        sum(int(counts.sum()) for counts in pictures.counts),
    )


def truth_as_coco(pictures: BoxedPictures) -> dict[str, Any]:
    """Boxes and classes in COCO's form; numbers of pictures and of classes begin at 1."""
    names = enumerate(pictures.class_names, start=1)
    annotations = []
    for number in range(len(pictures)):
        each = (pictures.boxes, pictures.labels, pictures.counts)
        for box, label, counts in zip(*(values[number].tolist() for values in each), strict=True):
            xywh = _xywh(box)
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number + 1,
                    "category_id": label + 1,
                    "bbox": xywh,
                    "area": xywh[2] * xywh[3],
                    "iscrowd": int(not counts),
                }
            )
    return {
        "images": [{"id": number + 1} for number in range(len(pictures))],
        "categories": [{"id": number, "name": name} for number, name in names],
        "annotations": annotations,
    }


def found_as_coco(detections: Sequence[Detections]) -> Iterator[dict[str, Any]]:
    """Detections in COCO's form, with the numbers of ``truth_as_coco``."""
    for number, found in enumerate(detections, start=1):
        each = (found[name].tolist() for name in ("boxes", "labels", "scores"))
        for box, label, score in zip(*each, strict=True):
            yield {
                "image_id": number,
                "category_id": label + 1,
                "bbox": _xywh(box),
                "score": score,
            }


def _xywh(box: Sequence[float]) -> list[float]:
    left, top, right, bottom = box
    return [left, top, right - left, bottom - top]
