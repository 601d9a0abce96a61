"""Pictures drawn anew: whole groups, errors for other pictures, and no interval from one unit."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from course_utils.evaluation.draws import draw_units, ends_of_shares, ends_text, standard_errors


def test_whole_groups_are_drawn_as_many_as_there_are() -> None:
    drawn = draw_units(6, torch.tensor([5, 5, 7, 9, 9, 9]), seed=0, draws=50)
    assert (drawn.num_units, drawn.unit) == (3, "group")
    assert drawn.unit_of.tolist() == [0, 0, 1, 2, 2, 2]
    assert drawn.weights.shape == (51, 6) and (drawn.weights[0] == 1).all()
    first = drawn.weights[:, [0, 2, 3]]
    assert (first.sum(axis=1) == 3).all() and (first[1:].std(axis=1) > 0).any()
    assert np.array_equal(drawn.weights, first[:, drawn.unit_of])
    alone = draw_units(6, None, seed=0, draws=5)
    assert (alone.num_units, alone.unit) == (6, "picture")


def test_the_interval_of_a_mean_is_that_of_a_t_test() -> None:
    """Drawing pictures anew finds, for a mean of shares, what is known by a formula."""
    shares = np.random.default_rng(0).uniform(0.3, 0.7, size=12)
    drawn = draw_units(12, None, seed=0, draws=20_000)
    means = drawn.weights @ shares / 12
    assert standard_errors(means, 12) == pytest.approx(stats.sem(shares), rel=0.03)
    low, high = ends_of_shares(means, 12, 0.9)
    expected = stats.t.interval(0.9, 11, shares.mean(), stats.sem(shares))
    assert (low, high) == pytest.approx(expected, rel=0.02)


def test_scores_that_are_not_there_have_no_interval() -> None:
    scores = np.array([[0.5, 0.4, np.nan, 0.6], [0.5, 0.4, 0.5, 0.6], [np.nan] * 4, [1, 1, 1, 1]])
    ends = ends_of_shares(scores, np.array([5, 1, 0, 5]), 0.95)
    assert 0 < ends[0, 0] < 0.5 < ends[0, 1] < 1  # a draw that is nan is passed over
    assert np.isnan(ends[1:3]).all() and ends[3].tolist() == [1, 1]
    assert ends_of_shares(np.array([0.9, 0.5, 1.0, 0.7]), 2, 0.95).tolist() == [0, 1]  # clipped
    assert ends_text((0.25, 0.5)) == "[0.250, 0.500]"
    assert ends_text((math.nan, math.nan)) == "[no interval]"
