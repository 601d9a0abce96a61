"""Shares of right answers from examples of their own: put together, and told apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from course_utils.evaluation.scores import accuracy_text, wilson_interval


@dataclass(frozen=True)
class ShareComparison:
    """Two shares of right answers, A and B, on different examples."""

    difference: float  # A minus B
    low: float  # ends of the interval for the difference
    high: float
    verdict: str  # "different" or "cannot tell"
    text_a: str  # share, interval and n
    text_b: str

    def __str__(self) -> str:
        return (
            f"A {self.text_a}; B {self.text_b}: difference {self.difference:+.3f} "
            f"[{self.low:+.3f}, {self.high:+.3f}]: {self.verdict}"
        )


def compare_shares(
    right_a: int, num_a: int, right_b: int, num_b: int, confidence: float = 0.95
) -> ShareComparison:
    """Compare two shares of right answers, each of independent examples.

    The verdict is "different" where the interval leaves out 0. Two models on the *same* examples
    are compared more sharply by ``compare_models``.

    Args:
        right_a: Right answers of A.
        num_a: Its examples, at least 1.
        right_b: Right answers of B.
        num_b: Its examples, at least 1.
        confidence: Of the interval.

    Raises:
        ValueError: If a count or the confidence is out of range.

    Source: Newcombe, "Interval estimation for the difference between independent proportions"
        (1998), Statistics in Medicine 17, method 10.
    """
    shares = [right_a / num_a, *wilson_interval(right_a, num_a, confidence)]
    others = [right_b / num_b, *wilson_interval(right_b, num_b, confidence)]
    return compare_estimates(
        shares, others, accuracy_text(right_a, num_a), accuracy_text(right_b, num_b)
    )


def compare_estimates(
    a: Sequence[float], b: Sequence[float], text_a: str, text_b: str
) -> ShareComparison:
    """Compare two independent estimates, each given by its value and the ends of its interval."""
    (share_a, low_a, high_a), (share_b, low_b, high_b) = a, b
    difference = share_a - share_b
    low = difference - math.hypot(share_a - low_a, high_b - share_b)
    high = difference + math.hypot(high_a - share_a, share_b - low_b)
    verdict = "different" if low > 0 or high < 0 else "cannot tell"
    return ShareComparison(difference, low, high, verdict, text_a, text_b)


def weighted_share(
    counts: Sequence[tuple[int, int]], weights: Sequence[float], confidence: float = 0.95
) -> tuple[float, float, float]:
    """Mean of several shares of right answers with the given weights, and its interval.

    The shares' own Wilson intervals are put together (method of variance estimates recovery).
    Resampling, or a normal interval of the mean, has no width where a small class is all right or
    all wrong, which small classes often are.

    Args:
        counts: Right answers and examples of each class, at least 1.
        weights: Of each class; they sum to 1.
        confidence: Share of such intervals that hold the true mean.

    Returns:
        Mean, lower and upper end.

    Source: Zou, Huang and Zhang, "A note on confidence interval estimation for a linear function
        of binomial proportions" (2009), Computational Statistics and Data Analysis 53.
    """
    mean, below, above = 0.0, 0.0, 0.0
    for (right, n), weight in zip(counts, weights, strict=True):
        low, high = wilson_interval(right, n, confidence)
        mean += weight * right / n
        below += (weight * (right / n - low)) ** 2
        above += (weight * (high - right / n)) ** 2
    return mean, mean - math.sqrt(below), mean + math.sqrt(above)
