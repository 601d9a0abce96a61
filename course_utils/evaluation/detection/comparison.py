"""Which of two detectors is better, on the same pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.inputs import Found
from course_utils.evaluation.detection.over_pictures import (
    DRAWS,
    Draws,
    draw_pictures,
    scores_of,
    standard_errors,
    t_quantile,
)
from course_utils.evaluation.scores import check_confidence
from course_utils.evaluation.verdicts import Z_POWER, sentence_of, verdict_of

ROUNDING = 1e-9  # what computers make of two equal scores differs by less


@dataclass(frozen=True)
class ScoreComparison:
    """One score of two detectors, A and B, on the same pictures."""

    name: str  # of the score
    num_units: int
    unit: str  # "picture" or "group"
    score_a: float
    score_b: float
    difference: float  # A minus B
    low: float  # ends of the interval for the difference
    high: float
    p_value: float  # chance that two equally good detectors differ by at least as much
    verdict: str  # "different" or "cannot tell"
    num_needed: int | None  # units to plan for if the true difference is the one seen here

    def __str__(self) -> str:
        scores = f"{self.name}: A {self.score_a:.3f}, B {self.score_b:.3f}"
        return sentence_of(self, scores, self.num_units, f"{self.unit}s")


@dataclass(frozen=True)
class DetectorComparison:
    """Two detectors, A and B, by both scores."""

    mean_ap: ScoreComparison
    ap50: ScoreComparison

    def __str__(self) -> str:
        return f"{self.mean_ap}\n{self.ap50}"


def compare_detectors(
    detections_a: Sequence[Found],
    detections_b: Sequence[Found],
    pictures: BoxedPictures,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> DetectorComparison:
    """Compare two detectors on the same pictures, which are drawn anew for both alike.

    It tells whether these two would differ on other pictures, not whether training with other seeds
    would: for that see ``compare_over_seeds``.

    Args:
        detections_a: N of them, in the order of the pictures.
        detections_b: The same for B.
        pictures: N; where they belong together, whole groups are drawn.
        seed: Of the draws.
        draws: How often as many pictures as there are get drawn, with repetition.
        confidence: Of the intervals; a verdict is "different" when p < 1 - confidence.

    Raises:
        ValueError: As of ``check_detections`` and ``draw_pictures``, or the confidence is no share.
    """
    check_confidence(confidence)
    drawn = draw_pictures(pictures, seed, draws)
    a, b = (scores_of(each, pictures, drawn) for each in (detections_a, detections_b))
    return DetectorComparison(
        *(
            _compare(name, a[row], b[row], drawn, confidence)
            for row, name in enumerate(("mAP", "AP50"))
        )
    )


def _compare(
    name: str, scores_a: np.ndarray, scores_b: np.ndarray, drawn: Draws, confidence: float
) -> ScoreComparison:
    """The verdict from the scores of both, (1 + draws,) each."""
    differences = scores_a - scores_b
    difference, error = float(differences[0]), float(standard_errors(differences, drawn))
    half = t_quantile(confidence, drawn) * error
    p_value, num_needed = _test(difference, error, drawn.num_units, confidence)
    return ScoreComparison(
        name,
        drawn.num_units,
        drawn.unit,
        float(scores_a[0]),
        float(scores_b[0]),
        difference,
        max(difference - half, -1.0),
        min(difference + half, 1.0),
        p_value,
        verdict_of(p_value, confidence),
        num_needed,
    )


def _test(
    difference: float, error: float, number: int, confidence: float
) -> tuple[float, int | None]:
    """The p value of a t test, and how many units give it a power of 0.8.

    Not even if A is better on each of n units can it be shown by fewer than some: coins, too, fall
    on one side n times, with a chance of 2 ** (1 - n).

    Args:
        difference: Between the scores.
        error: Its standard error; 0 where all units say the same.
        number: Of units.
        confidence: Of the verdict.
    """
    from scipy.stats import norm  # here, because it takes half a second to import
    from scipy.stats import t as student_t

    if abs(difference) <= ROUNDING:
        return 1.0, None
    t_value = abs(difference) / error if error else math.inf
    p_value = max(float(2 * student_t.sf(t_value, df=number - 1)), 2.0 ** (1 - number))
    z = float(norm.ppf((1 + confidence) / 2))
    by_spread = math.ceil(number * ((z + Z_POWER) / t_value) ** 2 + z**2 / 2)
    return p_value, max(by_spread, math.floor(2 - math.log2(1 - confidence)))
