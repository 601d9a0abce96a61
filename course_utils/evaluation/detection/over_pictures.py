"""How far scores of a detector can be trusted: pictures, with all their boxes, are drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.plain_text import counted
from course_utils.evaluation.detection.average_precision import average_precision, mean_ap_and_ap50
from course_utils.evaluation.detection.inputs import check_boxes
from course_utils.evaluation.detection.matching import match_detections
from course_utils.evaluation.draws import DRAWS, Draws, draw_units, ends_of_shares, ends_text
from course_utils.evaluation.scores import check_confidence
from course_utils.models.detection.detector import Detections


@dataclass(frozen=True)
class ScoresOverPictures:
    """The mAP and AP50 of a detector, with intervals."""

    mean_ap: float
    mean_ap_ends: tuple[float, float]
    ap50: float
    ap50_ends: tuple[float, float]
    num_units: int
    unit: str

    def __str__(self) -> str:
        ends = (ends_text(each) for each in (self.mean_ap_ends, self.ap50_ends))
        texts = ("mAP", self.mean_ap), ("AP50", self.ap50)
        said = (f"{name} {score:.3f} {end}" for (name, score), end in zip(texts, ends, strict=True))
        return f"{', '.join(said)} over {counted(self.num_units, self.unit)}"


def interval_over_pictures(
    detections: Sequence[Detections],
    pictures: BoxedPictures,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> ScoresOverPictures:
    """The mAP and AP50 with intervals that cover the chance in which pictures were drawn.

    The picture is the unit, not the box: boxes of one picture are found or missed together. Where
    pictures belong together, their group is the unit. The intervals do not cover the chance in
    training. On few pictures the scores themselves lie a little too high, which no interval mends.
    A detector that is right on all pictures alike gets an interval without width.

    Args:
        detections: N of them, in the order of the pictures.
        pictures: N.
        seed: Of the draws.
        draws: How often as many pictures as there are get drawn, with repetition.
        confidence: Of the intervals, strictly between 0 and 1.

    Raises:
        ValueError: As of ``check_detections`` and ``draw_pictures``, or the confidence is no share.
    """
    check_confidence(confidence)
    drawn = draw_pictures(pictures, seed, draws)
    both = scores_of(detections, pictures, drawn)
    mean_ap, ap50 = both[:, 0].tolist()
    ends = [tuple(each) for each in ends_of_shares(both, drawn.num_units, confidence).tolist()]
    return ScoresOverPictures(mean_ap, ends[0], ap50, ends[1], drawn.num_units, drawn.unit)


def draw_pictures(pictures: BoxedPictures, seed: int, draws: int) -> Draws:
    """Draw as many pictures, or groups, as there are.

    Raises:
        ValueError: If there are not two to draw, no box of theirs counts, or there are fewer than
            two draws.
    """
    check_boxes(pictures)
    return draw_units(len(pictures), pictures.groups, seed, draws)


def scores_of(
    detections: Sequence[Detections], pictures: BoxedPictures, drawn: Draws
) -> np.ndarray:
    """The mAP and AP50 on the pictures as they are, then on each draw: (2, 1 + draws).

    Both are nan for a draw without any box.
    """
    matches = match_detections(detections, pictures)
    return np.stack(mean_ap_and_ap50(average_precision(matches, drawn.weights)))
