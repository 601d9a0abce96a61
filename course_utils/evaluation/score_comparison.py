"""Which of two models has the higher score, from the scores of both on the same draws."""

import math
from dataclasses import dataclass

import numpy as np

from course_utils.evaluation.draws import Draws, standard_errors, t_quantile
from course_utils.evaluation.verdicts import Z_POWER, sentence_of, verdict_of

ROUNDING = 1e-9  # what computers make of two equal scores differs by less


@dataclass(frozen=True)
class ScoreComparison:
    """One score of two models, A and B, on the same pictures."""

    name: str  # of the score
    num_units: int
    unit: str  # "picture" or "group"
    score_a: float
    score_b: float
    difference: float  # A minus B
    low: float  # ends of the interval for the difference
    high: float
    p_value: float  # chance that two equally good models differ by at least as much
    verdict: str  # "different" or "cannot tell"
    num_needed: int | None  # units to plan for if the true difference is the one seen here

    def __str__(self) -> str:
        scores = f"{self.name}: A {self.score_a:.3f}, B {self.score_b:.3f}"
        return sentence_of(self, scores, self.num_units, f"{self.unit}s")


def compare_scores(
    name: str, scores_a: np.ndarray, scores_b: np.ndarray, drawn: Draws, confidence: float
) -> ScoreComparison:
    """The verdict on one score.

    Args:
        name: Of the score.
        scores_a: (1 + draws,), from 0 to 1, on the pictures as they are and on each draw.
        scores_b: The same of B, on the same draws.
        drawn: Where they come from.
        confidence: Of the interval; the verdict is "different" when p < 1 - confidence.
    """
    differences = scores_a - scores_b
    difference = float(differences[0])
    error = float(standard_errors(differences, drawn.num_units))
    half = float(t_quantile(confidence, drawn.num_units)) * error
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
