"""Paired comparisons against hand arithmetic, published examples, exact power and simulation."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import stats

from course_utils.evaluation.comparison import Comparison, compare_models, compare_over_seeds


def answers(only_a: int, only_b: int, both: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """Which examples A and B answer correctly, with the given counts."""
    counts = [only_a, only_b, both, neither]
    a = np.repeat([True, False, True, False], counts)
    b = np.repeat([False, True, True, False], counts)
    return a, b


def exact_power(share_a: float, share_b: float, num_examples: int) -> float:
    """Chance that McNemar's exact test finds p < 0.05, summed over every possible outcome."""
    discordant = np.arange(num_examples + 1)
    chance = stats.binom.pmf(discordant, num_examples, share_a + share_b)
    discordant, chance = discordant[chance > 1e-9], chance[chance > 1e-9]
    limit = stats.binom.ppf(0.025, discordant, 0.5)
    limit = np.where(stats.binom.cdf(limit, discordant, 0.5) < 0.025, limit, limit - 1)
    share = share_a / (share_a + share_b)
    rejected = stats.binom.cdf(limit, discordant, share)
    rejected += stats.binom.sf(discordant - limit - 1, discordant, share)
    return float((chance * rejected).sum())


def test_p_value_equals_the_hand_worked_binomial_tail() -> None:
    # 12 disagreements, 10 for A: p = 2 * (1 + 12 + 66) / 2**12.
    comparison = compare_models(*answers(10, 2, 500, 88))
    assert comparison.p_value == pytest.approx(158 / 4096)
    assert comparison.verdict == "different"
    assert (comparison.accuracy_a, comparison.accuracy_b) == pytest.approx((510 / 600, 502 / 600))


def test_p_value_equals_a_published_example() -> None:
    # Cavo et al. (2012) as analysed in Fagerland, Lydersen and Laake: exact p = 0.052479.
    comparison = compare_models(*answers(6, 16, 59, 80))
    assert comparison.p_value == pytest.approx(0.052479, abs=1e-6)
    assert comparison.verdict == "cannot tell"


def test_interval_equals_the_hand_worked_one() -> None:
    # Bentur et al. (2009): 1 and 7 disagreements of 21. Adding one to each side of 23:
    # centre -6/23, variance (10/23 - (6/23)**2) / 23.
    comparison = compare_models(*answers(1, 7, 1, 12))
    half = 1.959964 * math.sqrt((10 / 23 - (6 / 23) ** 2) / 23)
    assert (comparison.low, comparison.high) == pytest.approx((-6 / 23 - half, -6 / 23 + half))
    assert comparison.difference == pytest.approx(-6 / 21)


@pytest.mark.slow
@pytest.mark.parametrize("shares", [(0.05, 0.03), (0.1, 0.02), (0.01, 0.0)])
def test_interval_holds_the_true_difference_95_times_in_100(shares: tuple[float, float]) -> None:
    share_a, share_b = shares
    rest = 1 - share_a - share_b
    draws = np.random.default_rng(0).multinomial(300, [share_a, share_b, rest], size=1000)
    covered = 0
    for only_a, only_b, others in draws:
        comparison = compare_models(*answers(only_a, only_b, others, 0))
        covered += comparison.low <= share_a - share_b <= comparison.high
    assert 930 <= covered <= 985


@pytest.mark.slow
def test_equal_models_are_called_different_at_most_5_times_in_100() -> None:
    draws = np.random.default_rng(0).multinomial(300, [0.05, 0.05, 0.9], size=1000)
    verdicts = [compare_models(*answers(a, b, rest, 0)).verdict for a, b, rest in draws]
    assert verdicts.count("different") <= 50


@pytest.mark.slow
def test_test_and_interval_disagree_only_just_above_the_limit() -> None:
    for only_a in range(40):
        for only_b in range(only_a):
            comparison = compare_models(*answers(only_a, only_b, 500 - only_a - only_b, 0))
            if (comparison.low > 0) != (comparison.verdict == "different"):
                assert 0.05 <= comparison.p_value < 0.07


@pytest.mark.parametrize(
    "counts", [(30, 18), (60, 40), (9, 3), (240, 60), (12, 1), (8, 0), (270, 30)]
)
def test_num_needed_gives_a_power_of_about_80_per_cent(counts: tuple[int, int]) -> None:
    only_a, only_b = counts
    num_needed = compare_models(*answers(only_a, only_b, 600 - only_a - only_b, 0)).num_needed
    # Exact tests move in jumps; the fewer disagreements, the higher the jump above 0.8.
    assert 0.78 < exact_power(only_a / 600, only_b / 600, num_needed) < 0.9
    assert exact_power(only_a / 600, only_b / 600, num_needed // 2) < 0.7


def test_num_needed_equals_a_published_example_plus_the_price_of_an_exact_test() -> None:
    # Shares 0.45 and 0.05: Connor's formula gives 22.01; 1 + 1 / 0.4 more make 25.51.
    assert compare_models(*answers(45, 5, 50, 0)).num_needed == 26


def test_num_needed_is_found_by_simulation_too() -> None:
    num_needed = compare_models(*answers(12, 4, 180, 4)).num_needed
    draws = np.random.default_rng(0).multinomial(num_needed, [0.06, 0.02, 0.92], size=400)
    verdicts = [compare_models(*answers(a, b, rest, 0)).verdict for a, b, rest in draws]
    assert 0.74 < verdicts.count("different") / 400 < 0.86


def test_num_needed_exceeds_the_examples_whenever_the_verdict_is_cannot_tell() -> None:
    for only_a in range(1, 30):
        for only_b in range(only_a):
            comparison = compare_models(*answers(only_a, only_b, 0, 0))
            if comparison.verdict == "cannot tell":
                assert comparison.num_needed > comparison.num_examples


def test_swapping_the_models_turns_the_signs_around() -> None:
    a, b = answers(20, 9, 500, 71)
    forth, back = compare_models(a, b), compare_models(b, a)
    assert (back.difference, back.low, back.high) == (-forth.difference, -forth.high, -forth.low)
    assert (back.p_value, back.num_needed) == (forth.p_value, forth.num_needed)


def test_models_that_never_disagree_cannot_be_told_apart() -> None:
    comparison = compare_models(*answers(0, 0, 50, 10))
    assert (comparison.p_value, comparison.verdict, comparison.num_needed) == (
        1.0,
        "cannot tell",
        None,
    )
    assert comparison.low < 0 < comparison.high  # 60 examples do not prove equality


def test_tensors_are_compared_like_arrays() -> None:
    a, b = answers(10, 2, 500, 88)
    assert compare_models(torch.from_numpy(a), torch.from_numpy(b)) == compare_models(a, b)


def test_sentence_states_scores_n_interval_p_and_verdict() -> None:
    assert str(compare_models(*answers(10, 2, 500, 88))) == (
        "A 0.850, B 0.837 on the same 600 examples: "
        "difference +0.013 [+0.001, +0.025], p = 0.039: different"
    )
    comparison = Comparison(600, 0.94, 0.93, 0.01, -0.01, 0.03, 0.3, "cannot tell", 1_834)
    assert str(comparison).endswith(
        "cannot tell; if that is the true difference, about 1,900 examples would show it"
    )
    comparison = Comparison(600, 0.94, 0.9, 0.04, 0.02, 0.06, 0.0002, "different", 150)
    assert str(comparison).endswith("p < 0.001: different")


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.ones(3, bool), np.ones(4, bool), "same examples, got 3 and 4"),
        (np.ones(3), np.ones(3, bool), r"correct_a must be bool.*got float64 of shape \(3,\)"),
        (np.ones(3, bool), np.ones((3, 1), bool), r"correct_b must be bool.*\(3, 1\)"),
        (np.ones(0, bool), np.ones(0, bool), "not empty"),
    ],
)
def test_compare_models_refuses_what_is_not_paired_bools(
    a: np.ndarray, b: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        compare_models(a, b)


def test_seeds_are_compared_by_the_hand_worked_paired_t_test() -> None:
    # Differences 0.02, 0.01, 0.03: mean 0.02, standard deviation 0.01, t = 2 * sqrt(3) = 3.464.
    comparison = compare_over_seeds([0.92, 0.93, 0.94], [0.90, 0.92, 0.91])
    t = 2 * math.sqrt(3)
    p_two_degrees = 1 - t / math.sqrt(t**2 + 2)  # the t distribution with 2 degrees, in closed form
    assert comparison.p_value == pytest.approx(p_two_degrees)
    half = 4.3027 * 0.01 / math.sqrt(3)
    expected = (0.02, 0.02 - half, 0.02 + half)
    measured = (comparison.difference, comparison.low, comparison.high)
    assert measured == pytest.approx(expected, abs=1e-5)
    assert comparison.verdict == "cannot tell"
    assert (comparison.mean_a, comparison.mean_b) == pytest.approx((0.93, 0.91))


@pytest.mark.parametrize("effect", [2.0, 1.0, 0.5, 0.3])
def test_seeds_needed_give_a_power_of_about_80_per_cent(effect: float) -> None:
    # Two scores whose differences have mean 0.01 and standard deviation 0.01 / effect.
    half_gap = 0.01 / effect / math.sqrt(2)
    scores_a = [0.91 + half_gap, 0.91 - half_gap]
    num_needed = compare_over_seeds(scores_a, [0.9, 0.9]).num_needed

    def power(num_seeds: int) -> float:
        limit = stats.t.ppf(0.975, num_seeds - 1)
        return float(stats.nct.sf(limit, num_seeds - 1, effect * math.sqrt(num_seeds)))

    assert 0.75 < power(num_needed) < 0.85
    assert power(num_needed - 1) < 0.8


def test_what_stands_in_the_place_of_seeds_is_named() -> None:
    scores = [0.9, 0.8, 0.7], [0.6, 0.6, 0.5]
    assert "on the same 3 speakers" in str(compare_over_seeds(*scores, unit="speakers"))
    assert "on the same 3 seeds" in str(compare_over_seeds(*scores))
    with pytest.raises(ValueError, match="same speakers, got 3 and 2"):
        compare_over_seeds(scores[0], scores[1][:2], unit="speakers")


def test_seeds_without_spread_give_no_test_and_say_so() -> None:
    comparison = compare_over_seeds([0.92, 0.82, 0.93], [0.90, 0.80, 0.91])  # 0.02 but for rounding
    assert comparison.verdict == "cannot tell"
    assert math.isnan(comparison.p_value) and math.isnan(comparison.low)
    assert comparison.num_needed is None
    assert str(comparison).endswith(
        "difference +0.020 with every seed: cannot tell; check that the seed reaches the training"
    )
    assert compare_over_seeds([0.9, 0.8], [0.9, 0.8]).verdict == "cannot tell"


def test_seeds_that_balance_out_need_no_number() -> None:
    comparison = compare_over_seeds([0.92, 0.90], [0.91, 0.91])
    assert comparison.p_value == pytest.approx(1)
    assert comparison.num_needed is None
    assert str(comparison).endswith("cannot tell")


def test_more_seeds_with_the_same_difference_reach_a_verdict() -> None:
    noise = np.random.default_rng(0).normal(0.01, 0.01, size=64)
    verdicts = [compare_over_seeds(noise[:n], np.zeros(n)).verdict for n in (2, 64)]
    assert verdicts == ["cannot tell", "different"]


def test_compare_over_seeds_refuses_seeds_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="same seeds, got 3 and 2"):
        compare_over_seeds([0.9, 0.8, 0.7], [0.9, 0.8])
    with pytest.raises(ValueError, match="at least 2 finite scores"):
        compare_over_seeds([0.9], [0.8])


def test_a_stricter_confidence_widens_the_interval_and_needs_more() -> None:
    pair = answers(20, 9, 500, 71)
    results = [compare_models(*pair, confidence=confidence) for confidence in (0.8, 0.95, 0.99)]
    assert [result.verdict for result in results] == ["different", "cannot tell", "cannot tell"]
    for looser, stricter in pairwise(results):
        assert stricter.low < looser.low and stricter.high > looser.high
        assert stricter.num_needed > looser.num_needed
