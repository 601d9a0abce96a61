"""How good the boxes of a detector are on pictures with boxes, as its folder keeps it."""

import math
from collections.abc import Sequence

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.evaluation.detection.over_pictures import interval_over_pictures
from course_utils.models.detection.detector import Detections
from course_utils.shipping.boxes.score import BoxScore, ClassScore, Estimate


def score_boxes(
    detections: Sequence[Detections], pictures: BoxedPictures, seed: int = 0
) -> BoxScore:
    """Scores by COCO's rules, with 95 % intervals that cover which pictures were drawn.

    Args:
        detections: N of them, in the order of the pictures; all, however small their scores.
        pictures: N, at least 2.
        seed: Of the draws for the intervals.

    Raises:
        ValueError: If they cannot be scored, such as where no box counts; it says why.
    """
    scores = score_detections(detections, pictures)
    over = interval_over_pictures(detections, pictures, seed=seed)
    numbers = [0] * pictures.num_classes
    for labels, counts in zip(pictures.labels, pictures.counts, strict=True):
        for label in labels[counts].tolist():
            numbers[label] += 1
    rows = zip(pictures.class_names, scores.class_ap, numbers, strict=True)
    return BoxScore(
        Estimate(scores.mean_ap, *over.mean_ap_ends),
        Estimate(scores.ap50, *over.ap50_ends),
        scores.num_pictures,
        scores.num_boxes,
        over.num_units,
        over.unit,
        tuple(ClassScore(name, None if math.isnan(ap) else ap, n) for name, ap, n in rows),
    )
