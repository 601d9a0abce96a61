"""Two shares of right answers from examples of their own."""

import numpy as np
import pytest
from scipy.stats import binom

from course_utils.evaluation.proportions import compare_shares, weighted_share
from course_utils.evaluation.scores import wilson_interval


def test_the_interval_is_that_of_the_paper() -> None:
    # Newcombe (1998), table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/20
    for counts, low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ):
        found = compare_shares(*counts)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
        assert found.verdict == "different"


@pytest.mark.parametrize(("num_a", "num_b", "share"), [(60, 200, 0.9), (100, 40, 0.7)])
def test_equal_shares_are_seldom_called_different(num_a: int, num_b: int, share: float) -> None:
    """The chance of a false alarm, summed over all outcomes."""
    chance = 0.0
    weights_a = binom.pmf(np.arange(num_a + 1), num_a, share)
    weights_b = binom.pmf(np.arange(num_b + 1), num_b, share)
    intervals_a = [wilson_interval(k, num_a) for k in range(num_a + 1)]
    intervals_b = [wilson_interval(k, num_b) for k in range(num_b + 1)]
    for a, (low_a, high_a) in enumerate(intervals_a):
        for b, (low_b, high_b) in enumerate(intervals_b):
            p, q = a / num_a, b / num_b
            low = p - q - np.hypot(p - low_a, high_b - q)
            high = p - q + np.hypot(high_a - p, q - low_b)
            if low > 0 or high < 0:
                chance += weights_a[a] * weights_b[b]
    assert 0.03 < chance < 0.06
    assert compare_shares(50, num_a, 30, num_b).low == pytest.approx(
        50 / num_a - 30 / num_b
        - np.hypot(50 / num_a - intervals_a[50][0], intervals_b[30][1] - 30 / num_b)
    )  # fmt: skip


def test_it_says_both_shares_and_the_difference() -> None:
    text = str(compare_shares(56, 70, 48, 80))
    assert text.startswith("A 0.800 [0.692, 0.877], n = 70; B 0.600 ")
    assert text.endswith("difference +0.200 [+0.052, +0.334]: different")


def test_one_class_has_its_own_interval_and_weights_count() -> None:
    assert weighted_share([(8, 10)], [1.0]) == pytest.approx((0.8, *wilson_interval(8, 10)))
    mean, low, high = weighted_share([(8, 10), (1, 10)], [0.25, 0.75])
    assert mean == pytest.approx(0.275)
    assert low < mean < high
