"""Average precision where every picture has a weight: how often it was drawn."""

import numpy as np

from course_utils.evaluation.detection.matching import Matches, place_of

RECALLS = np.linspace(0, 1, 101)  # COCO's: precision is read off at these
AT_ONCE = 2**22  # numbers of one array: what is larger is computed in parts, 32 MB each


def average_precision(matches: Matches, weights: np.ndarray) -> np.ndarray:
    """Average precision by the rules of COCO, for each row of weights: (R, T, K).

    With weights of one it is what COCO gives. A picture of weight 2 counts as two equal pictures
    that stand side by side, one of weight 0 as none. Where no box of a class has a weight, its
    values are nan.

    Args:
        matches: Of N pictures.
        weights: (R, N), whole numbers from 0.
    """
    numbers = weights @ matches.num_boxes  # (R, K)
    shape = len(weights), len(matches.thresholds), numbers.shape[1]
    found = np.full(shape, np.nan)
    for label in range(shape[2]):
        mine = np.flatnonzero(matches.labels == label)
        step = max(1, AT_ONCE // max(1, len(mine)))
        for start in range(0, len(weights), step):
            rows = slice(start, start + step)
            found[rows, :, label] = _of_class(matches, mine, weights[rows], numbers[rows, label])
    return found


def _of_class(
    matches: Matches, mine: np.ndarray, weights: np.ndarray, numbers: np.ndarray
) -> np.ndarray:
    """Average precision of one class: (R, T).

    Only where a box is found does recall grow, so only there is precision looked at.

    Args:
        matches: Of N pictures.
        mine: Places of the detections of the class, the surest first.
        weights: (R, N).
        numbers: (R,), weight of the boxes of the class.
    """
    weight = np.ascontiguousarray(weights.T)[matches.pictures[mine]].astype(float)  # (d, R)
    all_so_far = weight.cumsum(axis=0)
    ap = np.zeros((len(weights), len(matches.thresholds)))
    for place in range(len(matches.thresholds)):
        is_right, is_left_out = matches.is_right[place, mine], matches.is_left_out[place, mine]
        judged = all_so_far
        if is_left_out.any():
            judged = np.where(is_left_out[:, None], 0, weight).cumsum(axis=0)
        right = weight[is_right].cumsum(axis=0)  # (s, R)
        precision = right / np.maximum(judged[is_right], 1)
        best = np.maximum.accumulate(precision[::-1], axis=0)[::-1]  # here or at more recall
        reached = np.searchsorted(RECALLS, right / np.maximum(numbers, 1), side="right")
        steps = np.diff(reached, axis=0, prepend=0)
        ap[:, place] = (best * steps).sum(axis=0) / len(RECALLS)
    ap[numbers == 0] = np.nan
    return ap


def mean_ap_and_ap50(ap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mAP and AP50, (R,) each, as means over the classes that are there; nan where none is.

    Args:
        ap: (R, T, K), at COCO's thresholds.
    """
    is_there = ~np.isnan(ap[:, 0])  # (R, K)
    number = is_there.sum(axis=1)
    of_classes = np.nan_to_num(ap)
    sums = of_classes.mean(axis=1).sum(axis=1), of_classes[:, place_of(0.5)].sum(axis=1)
    with np.errstate(invalid="ignore"):  # 0 / 0 is nan, as it should be
        return sums[0] / number, sums[1] / number
