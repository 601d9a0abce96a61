"""Right, missed and false boxes, once it is settled from which score on a detection is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.matching import NONE, Matches, match_detections
from course_utils.models.detection.detector import Detections


@dataclass(frozen=True)
class PictureMatches:
    """What became of one picture's n detections and m boxes.

    A detection that is neither right nor false is below the score, found what does not count, or is
    behind the 100 surest. A box that is neither found nor missed does not count.

    Args:
        is_right: (n,), bool.
        is_false: (n,), bool.
        box_of: (n,), int64, place of the box that a detection found, whether it counts or not; -1
            for none.
        is_missed: (m,), bool, of the boxes.
    """

    is_right: Tensor
    is_false: Tensor
    box_of: Tensor
    is_missed: Tensor


@dataclass(frozen=True)
class MatchCounts:
    """Right, missed and false boxes by class, and picture by picture.

    Args:
        right: (K,), boxes that were found.
        missed: (K,), boxes that count and were not.
        false: (K,), detections that found none.
        class_names: (K,).
        pictures: N of them.
    """

    right: tuple[int, ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]
    class_names: tuple[str, ...]
    pictures: tuple[PictureMatches, ...]

    def __str__(self) -> str:
        right, missed, false = map(sum, (self.right, self.missed, self.false))
        return f"{right:,} of {right + missed:,} boxes found, {missed:,} missed, {false:,} false"


def count_matches(
    detections: Sequence[Detections],
    pictures: BoxedPictures,
    *,
    min_score: float = 0.0,
    min_iou: float = 0.5,
) -> MatchCounts:
    """Count right, missed and false boxes by the rule of COCO: the surest detection chooses first.

    Args:
        detections: N of them, in the order of the pictures.
        pictures: N.
        min_score: Detections below it are taken for not made.
        min_iou: How much a detection must overlap a box to have found it, above 0 up to 1.

    Raises:
        ValueError: As of ``check_detections``, or ``min_iou`` is out of range.
    """
    if not 0 < min_iou <= 1:
        raise ValueError(f"min_iou must be above 0 and at most 1, got {min_iou}")
    matches = match_detections(detections, pictures, np.array([min_iou]))
    # Who is less sure chooses later, so that leaving it out changes nothing for the others.
    is_shown = matches.scores >= min_score
    is_right = matches.is_right[0] & is_shown
    is_false = ~matches.is_right[0] & ~matches.is_left_out[0] & is_shown
    right, false = (
        np.bincount(matches.labels[each], minlength=pictures.num_classes)
        for each in (is_right, is_false)
    )
    missed = matches.num_boxes.sum(axis=0) - right
    return MatchCounts(
        *(tuple(each.tolist()) for each in (right, missed, false)),
        pictures.class_names,
        _by_picture([len(each["scores"]) for each in detections], pictures, matches, is_shown),
    )


def _by_picture(
    lengths: Sequence[int], pictures: BoxedPictures, matches: Matches, is_shown: np.ndarray
) -> tuple[PictureMatches, ...]:
    """The same picture by picture, in the order of its detections and boxes.

    Args:
        lengths: (N,), detections of each picture.
        pictures: N.
        matches: At one threshold.
        is_shown: (D,), bool, which of them to look at.
    """
    number, found = matches.pictures[is_shown], matches.boxes[0, is_shown]
    is_right, is_left_out = matches.is_right[0, is_shown], matches.is_left_out[0, is_shown]
    at = _starts(lengths)[number] + matches.places[is_shown]
    right, false = np.zeros((2, sum(lengths)), dtype=bool)
    right[at], false[at] = is_right, ~is_right & ~is_left_out
    box_of = np.full(sum(lengths), NONE)
    box_of[at] = found
    num_boxes = [len(each) for each in pictures.counts]
    missed = np.concatenate(pictures.counts)
    missed[(_starts(num_boxes)[number] + found)[is_right]] = False
    columns = [torch.from_numpy(each).split(list(lengths)) for each in (right, false, box_of)]
    return tuple(map(PictureMatches, *columns, torch.from_numpy(missed).split(num_boxes)))


def _starts(lengths: Sequence[int]) -> np.ndarray:
    """Where each part begins if parts of these lengths are put side by side."""
    return np.cumsum([0, *lengths[:-1]])
