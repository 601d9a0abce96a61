"""How far scores of a detector can be trusted: pictures, with all their boxes, are drawn anew."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.plain_text import counted
from course_utils.evaluation.detection.average_precision import average_precision, mean_ap_and_ap50
from course_utils.evaluation.detection.inputs import Found, check_boxes
from course_utils.evaluation.detection.matching import match_detections
from course_utils.evaluation.over_groups import has_groups
from course_utils.evaluation.scores import SHARES, check_confidence

DRAWS = 1000  # they give the standard error to about 2 %


@dataclass(frozen=True)
class Draws:
    """Pictures drawn with repetition, as many as there are; whole groups where there are some.

    Args:
        weights: (1 + draws, N), int64, how often each picture was drawn; the first row is the
            pictures as they are.
        num_units: Pictures or groups.
        unit: ``picture`` or ``group``.
    """

    weights: np.ndarray
    num_units: int
    unit: str


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
        ends = ("[{:.3f}, {:.3f}]".format(*each) for each in (self.mean_ap_ends, self.ap50_ends))
        texts = ("mAP", self.mean_ap), ("AP50", self.ap50)
        said = (f"{name} {score:.3f} {end}" for (name, score), end in zip(texts, ends, strict=True))
        return f"{', '.join(said)} over {counted(self.num_units, self.unit)}"


def interval_over_pictures(
    detections: Sequence[Found],
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
    (mean_ap, ap50), half = both[:, 0], t_quantile(confidence, drawn) * standard_errors(both, drawn)
    ends = [
        (float(max(score - each, SHARES[0])), float(min(score + each, SHARES[1])))
        for score, each in zip((mean_ap, ap50), half, strict=True)
    ]
    return ScoresOverPictures(
        float(mean_ap), ends[0], float(ap50), ends[1], drawn.num_units, drawn.unit
    )


def draw_pictures(pictures: BoxedPictures, seed: int, draws: int) -> Draws:
    """Draw as many pictures, or groups, as there are.

    Raises:
        ValueError: If there are not two to draw, no box of theirs counts, or there are fewer than
            two draws.
    """
    check_boxes(pictures)
    is_grouped = has_groups(pictures)
    numbers = pictures.groups.numpy() if is_grouped else np.arange(len(pictures))
    units, place = np.unique(numbers, return_inverse=True)
    unit = "group" if is_grouped else "picture"
    if len(units) < 2:
        raise ValueError(
            f"an interval over {unit}s needs at least 2 of them, got {len(units)}; give the test "
            "a larger share"
        )
    if draws < 2:
        raise ValueError(f"draws must be a whole number from 2, got {draws}")
    chances = np.full(len(units), 1 / len(units))
    weights = np.random.default_rng(seed).multinomial(len(units), chances, size=draws)
    as_they_are = np.ones_like(weights[:1])
    return Draws(np.concatenate([as_they_are, weights])[:, place], len(units), unit)


def scores_of(detections: Sequence[Found], pictures: BoxedPictures, drawn: Draws) -> np.ndarray:
    """The mAP and AP50 on the pictures as they are, then on each draw: (2, 1 + draws).

    Both are nan for a draw without any box.
    """
    matches = match_detections(detections, pictures)
    return np.stack(mean_ap_and_ap50(average_precision(matches, drawn.weights)))


def standard_errors(scores: np.ndarray, drawn: Draws) -> np.ndarray:
    """What a score of other pictures would differ by, from those of the draws.

    Draws from n pictures differ less than pictures do, by a share of (n - 1) / n of the variance.

    Args:
        scores: (..., 1 + draws).
        drawn: Where they come from.
    """
    number = drawn.num_units
    return np.nanstd(scores[..., 1:], axis=-1, ddof=1) * math.sqrt(number / (number - 1))


def t_quantile(confidence: float, drawn: Draws) -> float:
    """How many standard errors an interval goes to either side.

    With few pictures the standard error is itself uncertain, as in a t test.
    """
    from scipy.stats import t as student_t  # here, because it takes half a second to import

    return float(student_t.ppf((1 + confidence) / 2, df=drawn.num_units - 1))
