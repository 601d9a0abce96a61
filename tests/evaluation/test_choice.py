"""The choice among candidates, and its optimism against many simulated choices."""

import time

import numpy as np
import pytest
import torch

from course_utils.evaluation.choice import choose, describe_place


def simulate(true_accuracies: np.ndarray, num_examples: int, repeats: int) -> tuple[float, float]:
    """Mean true optimism of the winner and mean estimate of it, over independent data sets."""
    generator = np.random.default_rng(0)
    names = [f"candidate {index}" for index in range(len(true_accuracies))]
    true_optimism, estimates = [], []
    for repeat in range(repeats):
        shape = (len(true_accuracies), num_examples)
        correct = generator.random(shape) < true_accuracies[:, None]
        choice = choose(names, correct, seed=repeat, num_resamples=60)
        true_optimism.append(choice.score - true_accuracies[choice.index])
        estimates.append(choice.optimism)
    return float(np.mean(true_optimism)), float(np.mean(estimates))


def test_choose_takes_the_highest_accuracy_and_the_first_of_equals() -> None:
    correct = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1]], dtype=bool)
    choice = choose(["low", "first", "second"], correct)
    assert (choice.name, choice.index, choice.score) == ("first", 1, 0.75)
    assert choice.expected == pytest.approx(choice.score - choice.optimism)


def test_weights_let_classes_count_the_same() -> None:
    correct = np.array([[True] * 90 + [False] * 10, [True] * 70 + [False] * 20 + [True] * 10])
    assert choose(["majority", "both"], correct).name == "majority"
    weights = [1 / 90] * 90 + [1 / 10] * 10
    choice = choose(["majority", "both"], correct, weights=weights)
    assert choice.name == "both" and choice.score == pytest.approx((70 / 90 + 1) / 2)
    assert 0 <= choice.expected <= choice.score


@pytest.mark.slow
def test_whole_groups_are_resampled_where_there_are_some() -> None:
    """Of 20 groups each candidate knows some by heart: the best is luckiest on those it met."""
    generator = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 50)
    estimates, true_optimism = {"pictures": [], "groups": []}, []
    for repeat in range(60):
        correct = (generator.random((10, 20)) < 0.7)[:, groups]  # a group is right or wrong
        for unit, given in (("pictures", None), ("groups", groups)):
            choice = choose(["c"] * 10, correct, seed=repeat, num_resamples=100, groups=given)
            estimates[unit].append(choice.optimism)
        true_optimism.append(choice.score - 0.7)
    truth = np.mean(true_optimism)
    assert np.mean(estimates["groups"]) == pytest.approx(truth, rel=0.25) and truth > 0.1
    assert np.mean(estimates["pictures"]) < truth / 3


def test_groups_of_one_are_as_no_groups() -> None:
    correct = np.random.default_rng(0).random((3, 40)) < 0.7
    plain = choose(["a", "b", "c"], correct)
    assert choose(["a", "b", "c"], correct, groups=np.arange(100, 140)) == plain


@pytest.mark.parametrize(
    ("groups", "message"),
    [([1, 2], "one number for each of 3"), ([4, 4, 4], "all examples are of one group")],
)
def test_groups_that_do_not_fit_are_refused(groups: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        choose(["a"], np.ones((1, 3), dtype=bool), groups=groups)


@pytest.mark.parametrize("weights", [[1.0, 2.0], [1.0, 0.0, 1.0], [[1.0, 1.0, 1.0]]])
def test_weights_that_do_not_fit_are_refused(weights: list) -> None:
    with pytest.raises(ValueError, match="weights must be above 0, one for each of 3"):
        choose(["a"], np.ones((1, 3), dtype=bool), weights=weights)


@pytest.mark.slow
@pytest.mark.parametrize("num_candidates", [2, 20])
def test_optimism_among_equals_is_what_the_winner_loses_on_fresh_data(num_candidates: int) -> None:
    true_optimism, estimate = simulate(np.full(num_candidates, 0.8), num_examples=100, repeats=300)
    assert true_optimism > 0.02  # the curse is there to be measured
    assert estimate == pytest.approx(true_optimism, rel=0.15)


@pytest.mark.slow
def test_optimism_among_unequal_candidates_is_close_and_not_too_small() -> None:
    true_optimism, estimate = simulate(np.linspace(0.7, 0.85, 20), num_examples=100, repeats=300)
    # A resample tells candidates apart a little less well than the data do: slightly too careful.
    assert 0.9 * true_optimism < estimate < 1.35 * true_optimism


@pytest.mark.slow
def test_a_clear_winner_has_next_to_no_optimism() -> None:
    true_optimism, estimate = simulate(np.array([0.95, 0.7, 0.7]), num_examples=200, repeats=200)
    assert abs(true_optimism) < 0.003
    assert 0 <= estimate < 0.003


def test_optimism_is_never_negative() -> None:
    accuracies = np.array([[0.95], [0.7]])
    correct = np.random.default_rng(0).random((2, 400)) < accuracies
    choices = [choose(["a", "b"], correct, seed=seed, num_resamples=20) for seed in range(20)]
    assert all(choice.optimism >= 0 and choice.expected <= choice.score for choice in choices)


def test_copies_of_one_candidate_have_next_to_no_optimism() -> None:
    row = np.random.default_rng(0).random(400) < 0.8
    assert choose(["a", "b", "c"], np.tile(row, (3, 1))).optimism < 0.003


def test_one_candidate_was_not_chosen_and_has_no_optimism() -> None:
    choice = choose(["only"], np.array([[True, False, True, True]]))
    assert (choice.score, choice.optimism, choice.expected) == (0.75, 0.0, 0.75)


def test_same_seed_same_estimate_and_tensors_are_welcome() -> None:
    correct = np.random.default_rng(0).random((5, 50)) < 0.7
    names = list("abcde")
    assert choose(names, correct) == choose(names, torch.from_numpy(correct))
    assert choose(names, correct, seed=1).optimism != choose(names, correct).optimism


def test_two_examples_are_enough_to_run() -> None:
    choice = choose(["a", "b"], np.array([[True, False], [False, True]]), num_resamples=10)
    assert 0 <= choice.optimism <= 0.5


def test_fifty_candidates_take_less_than_a_second() -> None:
    correct = np.random.default_rng(0).random((50, 400)) < 0.9
    start = time.process_time()  # of this process alone: others may keep the cores busy
    choose([str(index) for index in range(50)], correct)
    assert time.process_time() - start < 1


def test_sentence_warns_that_the_score_flatters() -> None:
    choice = choose(["only"], np.array([[True, False, True, True]]))
    assert str(choice) == (
        "only: 0.750 on the data that chose it, about 0.750 to expect on fresh data"
    )


@pytest.mark.parametrize(
    ("names", "correct", "message"),
    [
        (["a"], np.ones((2, 3), bool), "got 1 names for 2 rows"),
        (["a", "b"], np.ones((2, 3)), r"correct must be bool.*float64 of shape \(2, 3\)"),
        (["a"], np.ones(3, bool), "2-dimensional"),
        ([], np.ones((0, 3), bool), "not empty"),
        (["a"], np.ones((1, 1), bool), "at least 2 examples"),
    ],
)
def test_choose_refuses_what_is_not_a_table_of_bools(
    names: list[str], correct: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        choose(names, correct)


def test_choose_refuses_to_repeat_the_choice_never() -> None:
    with pytest.raises(ValueError, match="num_resamples = 0"):
        choose(["a", "b"], np.ones((2, 3), bool), num_resamples=0)


@pytest.mark.parametrize(
    ("values", "chosen", "expected"),
    [
        ([0.1, 0.3, 1.0], 0.3, "rate: 0.3 lies inside the list, 0.1 to 1."),
        ([1.0, 0.3, 0.1], 0.3, "rate: 0.3 lies inside the list, 0.1 to 1."),
        ([0.1, 0.3], 0.1, "rate: 0.1 is the smallest of the list, 0.1 to 0.3. A wider"),
        ([0.3, 0.1], 0.3, "rate: 0.3 is the largest of the list, 0.1 to 0.3. A wider"),
        ([0.3], 0.3, "rate: 0.3 is the only value tried."),
    ],
)
def test_a_choice_at_the_edge_of_its_list_is_said_to_be_one(
    values: list[float], chosen: float, expected: str
) -> None:
    assert describe_place("rate", values, chosen).startswith(expected)


def test_a_choice_that_was_not_tried_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rate: 2 is not among the values tried, \[0.1\]"):
        describe_place("rate", [0.1], 2)
