"""Reliability, its error and its change, by hand, by scikit-learn, and in a world made for it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.calibration import calibration_curve

from course_utils.evaluation.calibration import (
    TEMPERATURES,
    calibration_error,
    error_by_chance,
    fit_temperature,
    mean_loss,
    measure_change,
    reliability,
)

GENERATOR = torch.Generator().manual_seed(0)
LOGITS = 2 * torch.randn(3000, 4, generator=GENERATOR)
LABELS = torch.multinomial(LOGITS.softmax(dim=1), 1, generator=GENERATOR).squeeze(1)


def sure(prob: float, num: int) -> torch.Tensor:
    """Logits (num, 2) that give the first class this probability."""
    return torch.tensor([[prob, 1 - prob]]).log().repeat(num, 1)


def test_two_bins_by_hand() -> None:
    logits = torch.cat([sure(0.62, 4), sure(0.95, 6)])
    labels = torch.tensor([0, 0, 0, 1, 0, 0, 0, 1, 1, 1])
    assert reliability(logits, labels) == pytest.approx(
        np.array([[4, 0.62, 0.75], [6, 0.95, 0.5]]), abs=1e-6
    )
    assert calibration_error(logits, labels) == pytest.approx(0.4 * 0.13 + 0.6 * 0.45, abs=1e-6)


def test_an_answer_that_is_certain_stands_in_the_last_bin_beside_others() -> None:
    logits = torch.cat([torch.tensor([[200.0, 0.0]]).repeat(3, 1), sure(0.96, 1)])
    (row,) = reliability(logits, torch.tensor([0, 0, 1, 1])).tolist()
    assert row == pytest.approx([4, 0.99, 0.5])


def test_the_curve_is_that_of_scikit_learn() -> None:
    probs, answers = LOGITS.softmax(dim=1).max(dim=1)
    truth, said = calibration_curve(answers == LABELS, probs, n_bins=10)
    assert reliability(LOGITS, LABELS)[:, 1:] == pytest.approx(np.stack([said, truth], axis=1))


def test_labels_drawn_from_the_probabilities_leave_what_chance_leaves() -> None:
    error = calibration_error(LOGITS, LABELS)
    assert 0.5 < error / error_by_chance(LOGITS) < 1.7
    assert calibration_error(3 * LOGITS, LABELS) > 5 * error


@pytest.mark.slow
def test_the_right_temperature_mends_logits_that_were_made_too_large() -> None:
    for score in (mean_loss, calibration_error):
        change = measure_change(score, 3 * LOGITS, LOGITS, LABELS)
        assert change.high < 0
        assert change.low < change.after - change.before < change.high
        assert change.before == score(3 * LOGITS, LABELS)
    assert mean_loss(LOGITS, LABELS) == pytest.approx(F.cross_entropy(LOGITS, LABELS).item())


def test_a_change_says_its_numbers() -> None:
    change = measure_change(mean_loss, LOGITS, LOGITS, LABELS, draws=3)
    loss = mean_loss(LOGITS, LABELS)
    assert str(change) == f"{loss:.3f} to {loss:.3f}, change +0.000 [+0.000, +0.000]"


@pytest.mark.parametrize("factor", [0.2, 1.0, 3.0])
def test_the_temperature_is_found_that_the_logits_were_made_too_large_by(factor: float) -> None:
    assert fit_temperature(factor * LOGITS, LABELS) == pytest.approx(factor, rel=0.08)


def test_answers_that_are_all_right_get_the_lowest_temperature() -> None:
    assert fit_temperature(sure(0.9, 50), torch.zeros(50, dtype=torch.int64)) == TEMPERATURES[0]
