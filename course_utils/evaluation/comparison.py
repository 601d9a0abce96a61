"""Which model is better: two on the same examples, or over the same seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import check_confidence, seed_interval
from course_utils.evaluation.verdicts import Z_POWER, sentence_of, verdict_of


@dataclass(frozen=True)
class Comparison:
    """Two models, A and B, on the same examples."""

    num_examples: int
    accuracy_a: float
    accuracy_b: float
    difference: float  # A minus B
    low: float  # ends of the interval for the difference
    high: float
    p_value: float  # chance that two equally good models differ by at least as much
    verdict: str  # "different" or "cannot tell"
    num_needed: int | None  # examples to plan for if the true difference is the one seen here

    def __str__(self) -> str:
        scores = f"A {self.accuracy_a:.3f}, B {self.accuracy_b:.3f}"
        return sentence_of(self, scores, self.num_examples, "examples")


@dataclass(frozen=True)
class SeedComparison:
    """Two ways of training, A and B, over the same seeds; other fields as in ``Comparison``.

    What stands in the place of seeds, such as speakers, is named by ``unit``.
    """

    num_seeds: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    p_value: float
    verdict: str
    num_needed: int | None
    unit: str = "seeds"

    def __str__(self) -> str:
        return sentence_of(
            self, f"A {self.mean_a:.3f}, B {self.mean_b:.3f}", self.num_seeds, self.unit
        )


def compare_models(
    correct_a: ArrayLike, correct_b: ArrayLike, confidence: float = 0.95
) -> Comparison:
    """Compare two models on the same examples by McNemar's exact test.

    Only examples that one model gets right and the other wrong tell which is better. The verdict
    follows the test. The interval is another method: while p is a little above its limit (0.05 to
    0.07 at 95 %), it may already leave out 0.

    Args:
        correct_a: (N,) bool, whether A answers each example correctly.
        correct_b: (N,) bool, the same examples in the same order, for B.
        confidence: Of the interval; the verdict is "different" when p < 1 - confidence.

    Raises:
        ValueError: If the two are not bool of one length above 0, or the confidence is no share.

    Source: Fagerland, Lydersen and Laake, "Recommended tests and confidence intervals for paired
        binomial proportions" (2014), Statistics in Medicine 33; interval of Bonett and Price.
    """
    from scipy.stats import binomtest, norm  # here, because it takes half a second to import

    check_confidence(confidence)
    a, b = as_bools("correct_a", correct_a, 1), as_bools("correct_b", correct_b, 1)
    if len(a) != len(b):
        raise ValueError(f"both models need the same examples, got {len(a)} and {len(b)} of them")
    n, only_a, only_b = len(a), int((a & ~b).sum()), int((b & ~a).sum())
    p_value = float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0
    z = float(norm.ppf((1 + confidence) / 2))
    difference, num_needed = (only_a - only_b) / n, None
    if difference != 0:
        num_needed = _examples_needed((only_a + only_b) / n, abs(difference), z)
    return Comparison(
        n,
        float(a.mean()),
        float(b.mean()),
        difference,
        *_paired_interval(only_a, only_b, n, z),
        p_value,
        verdict_of(p_value, confidence),
        num_needed,
    )


def compare_over_seeds(
    scores_a: Sequence[float],
    scores_b: Sequence[float],
    confidence: float = 0.95,
    *,
    unit: str = "seeds",
) -> SeedComparison:
    """Compare two ways of training over the same seeds by a paired t test.

    Where the difference is the same with every seed there is no test: the interval and p are nan.

    Args:
        scores_a: One score per seed, at least 2.
        scores_b: The same seeds in the same order, for B.
        confidence: Of the interval; the verdict is "different" when p < 1 - confidence.
        unit: What each pair of scores is of, such as ``"speakers"``.

    Raises:
        ValueError: If the two are not at least 2 finite scores each, as many, or the confidence is
            no share.

    Source: number needed: Guenther, "Sample size formulas for normal theory t tests" (1981), The
        American Statistician 35.
    """
    from scipy.stats import norm, ttest_rel  # here, because it takes half a second to import

    mean_a, mean_b = seed_interval(scores_a, confidence)[0], seed_interval(scores_b)[0]
    if len(scores_a) != len(scores_b):
        raise ValueError(
            f"both need the same {unit}, got {len(scores_a)} and {len(scores_b)} scores"
        )
    differences = np.subtract(scores_a, scores_b)
    difference, low, high = seed_interval(differences, confidence)
    p_value, num_needed = math.nan, None
    # Rounding, because 0.92 - 0.90 and 0.82 - 0.80 are not the same to a computer.
    rounding = 1e-9 * np.abs([scores_a, scores_b]).max()
    if np.ptp(differences) <= rounding:
        low = high = math.nan
    else:
        p_value = float(ttest_rel(scores_a, scores_b).pvalue)
        if abs(difference) > rounding:
            z, spread = float(norm.ppf((1 + confidence) / 2)), differences.std(ddof=1)
            num_needed = math.ceil(((z + Z_POWER) * spread / difference) ** 2 + z**2 / 2)
    verdict = verdict_of(p_value, confidence)
    return SeedComparison(
        len(differences), mean_a, mean_b, difference, low, high, p_value, verdict, num_needed, unit
    )


def _paired_interval(only_a: int, only_b: int, n: int, z: float) -> tuple[float, float]:
    """Bonett and Price's interval: the usual one after adding one example to either side."""
    share_a, share_b = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
    centre = share_a - share_b
    half = z * math.sqrt((share_a + share_b - centre**2) / (n + 2))
    return max(centre - half, -1.0), min(centre + half, 1.0)


def _examples_needed(discordant: float, difference: float, z: float) -> int:
    """Examples that give McNemar's test a power of 0.8.

    Args:
        discordant: Share of examples that one model gets right and the other wrong.
        difference: Of the accuracies, above 0.
        z: Normal quantile of the test, 1.96 for a confidence of 0.95.

    Source: Connor, "Sample size for testing differences in proportions for the paired-sample
        design" (1987), Biometrics 43, p. 209; 1 + 1 / difference more, as the test is exact.
    """
    spread = z * math.sqrt(discordant) + Z_POWER * math.sqrt(discordant - difference**2)
    return math.ceil((spread / difference) ** 2 + 1 / difference + 1)


def as_bools(name: str, values: ArrayLike, num_axes: int) -> np.ndarray:
    """``values`` as a bool array; a ValueError calls it ``name`` if it is none or is empty."""
    array = np.asarray(values)
    if array.dtype != bool or array.ndim != num_axes or array.size == 0:
        raise ValueError(
            f"{name} must be bool, {num_axes}-dimensional and not empty, such as logits.argmax(1) "
            f"== labels, got {array.dtype} of shape {array.shape}"
        )
    return array
