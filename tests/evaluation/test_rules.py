"""Rules for keeping an unfrozen model, where what is right is known."""

import numpy as np
import pytest

from course_utils.evaluation.rules import RULES, rules_text, try_rules

STAY, SCORE, STRICT = RULES


def answers(accuracy: float, size: int = 600, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(size) < accuracy


def test_a_small_true_gain_is_kept_by_the_score_and_mostly_lost_by_the_strict_rule() -> None:
    frozen = np.ones(1000, dtype=bool)
    frozen[::20] = False  # 0.95
    better = frozen.copy()
    better[::40] = True  # 0.975: 25 pictures more right, none fewer
    outcomes = try_rules(frozen, [better], 100)
    assert outcomes[STAY].accuracy == pytest.approx(0.95, abs=0.002)
    assert outcomes[STAY].share == 0
    assert outcomes[SCORE].share > 0.9 and outcomes[STRICT].share < 0.1
    # In 100 pictures there are 2.5 of those 25 on average: at least one in 93 of 100 draws, but six
    # or more, which p < 0.05 takes, in 3 of 100.
    assert outcomes[SCORE].accuracy == pytest.approx(0.95 + 0.93 * 0.025, abs=0.003)
    assert outcomes[STRICT].accuracy == pytest.approx(0.95 + 0.03 * 0.025, abs=0.003)


def test_where_unfreezing_harms_all_rules_stay_frozen() -> None:
    outcomes = try_rules(answers(0.95), [answers(0.5, seed=1), answers(0.6, seed=2)], 100)
    assert len({outcome.accuracy for outcome in outcomes.values()}) == 1
    assert all(outcome.share == 0 for outcome in outcomes.values())


def test_the_best_candidate_on_validation_is_the_one_that_competes() -> None:
    frozen, much_better = answers(0.5), answers(0.99, seed=1)
    outcomes = try_rules(frozen, [answers(0.1, seed=2), much_better], 100)
    assert outcomes[STRICT].share == outcomes[SCORE].share == 1
    assert outcomes[SCORE].accuracy == pytest.approx(much_better.mean(), abs=0.005)


def test_a_tie_stays_frozen() -> None:
    same = answers(0.9)
    assert try_rules(same, [same], 50)[SCORE].share == 0


def test_what_decides_does_not_score() -> None:
    frozen = np.array([True, False] * 10)
    outcomes = try_rules(frozen, [~frozen], 10, num_draws=200)
    # The unfrozen one wins only where the frozen one has more of the pictures that are left.
    assert outcomes[SCORE].accuracy < 0.5


@pytest.mark.parametrize("num_val", [0, 11])
def test_at_most_half_of_the_pictures_decide(num_val: int) -> None:
    with pytest.raises(ValueError, match=f"from 1 to 10, got {num_val}"):
        try_rules(answers(0.5, 20), [answers(0.5, 20)], num_val)


def test_the_outcomes_are_a_line_each() -> None:
    lines = rules_text(try_rules(answers(0.9), [answers(0.95, seed=1)], 100)).splitlines()
    assert [line[:20].strip() for line in lines] == list(RULES)
    assert all("accuracy 0." in line and line.endswith("%") for line in lines)
