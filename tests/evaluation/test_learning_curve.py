"""A power law with a floor: found again where it is true, and its interval holds the truth."""

import numpy as np
import pytest

from course_utils.evaluation.learning_curve import forecast_error

SIZES = [100, 200, 400, 800]


def wrong_by(errors: list[float], num_judged: int, seed: int = 0) -> np.ndarray:
    """Judged pictures, each harder or easier at all sizes alike, as with real ones."""
    hardness = np.random.default_rng(seed).random(num_judged)
    return hardness[None] < np.array(errors)[:, None]


def curve(n: np.ndarray | float) -> np.ndarray:
    return 2.0 * np.asarray(n, dtype=float) ** -0.6 + 0.05


def test_an_exact_curve_is_found_again() -> None:
    found = forecast_error(SIZES, wrong_by(list(curve(np.array(SIZES))), 200_000), 3200, draws=20)
    assert found.error == pytest.approx(float(curve(3200)), abs=0.004)
    assert found.floor == pytest.approx(0.05, abs=0.02)
    assert found.at(SIZES) == pytest.approx(curve(np.array(SIZES)), abs=0.004)
    assert found.low <= found.error <= found.high


@pytest.mark.slow
def test_the_interval_holds_the_truth_most_times_where_a_straight_line_does_not() -> None:
    held, too_low = 0, 0
    for seed in range(40):
        wrong = wrong_by(list(curve(np.array(SIZES))), 800, seed)
        found = forecast_error(SIZES, wrong, 3200, seed=seed, draws=60)
        held += found.low <= curve(3200) <= found.high
        slope, start = np.polyfit(np.log(SIZES), np.log(wrong.mean(axis=1)), 1)
        too_low += np.exp(start + slope * np.log(3200)) < curve(3200)
    assert held >= 34
    assert too_low > 30


def test_without_a_floor_the_law_is_the_straight_line_of_logarithms() -> None:
    wrong = wrong_by(list(2.0 * np.array(SIZES) ** -0.6), 200_000)
    found = forecast_error(SIZES, wrong, 3200, floor=False, draws=20)
    assert (found.power, found.floor) == (pytest.approx(0.6, abs=0.02), 0)
    assert found.error == pytest.approx(2.0 * 3200**-0.6, rel=0.03)
    assert found.low <= found.error <= found.high < 1.1 * found.error
    wrong = wrong_by(list(curve(np.array(SIZES))), 4000)
    slope, start = np.polyfit(np.log(SIZES), np.log(wrong.mean(axis=1)), 1)
    too_low = forecast_error(SIZES, wrong, 3200, floor=False)
    assert too_low.error == pytest.approx(np.exp(start + slope * np.log(3200)))
    assert too_low.at(SIZES[0]) == pytest.approx(np.exp(start + slope * np.log(SIZES[0])))
    assert too_low.high < curve(3200)
    never = forecast_error([10, 20, 40], np.zeros((3, 5), dtype=bool), 160, floor=False)
    assert never.error == pytest.approx(0.0005)


def test_errors_that_do_not_fall_are_carried_on_as_they_are() -> None:
    wrong = np.array([[True, False, False, False]] * 3)
    found = forecast_error([10, 20, 40], wrong, 160, draws=10)
    assert found.error == pytest.approx(0.25, abs=0.01)
    assert forecast_error([10, 20, 40], np.zeros((3, 5), dtype=bool), 160).error == 0


@pytest.mark.parametrize(
    ("sizes", "wrong", "size", "said"),
    [
        ([1, 2], np.zeros((2, 4), dtype=bool), 9, "3 or more"),
        ([2, 2, 4], np.zeros((3, 4), dtype=bool), 9, "3 or more that rise"),
        ([1, 2, 4], np.zeros((3, 4), dtype=bool), 4, "rise to below 4"),
        ([1, 2, 4], np.zeros((3, 4)), 9, "must be bool"),
        ([1, 2, 4], np.zeros((2, 4), dtype=bool), 9, r"bool \(3, N\)"),
    ],
)
def test_what_is_no_curve_is_refused(
    sizes: list[int], wrong: np.ndarray, size: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        forecast_error(sizes, wrong, size)
