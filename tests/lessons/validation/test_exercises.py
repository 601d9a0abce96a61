"""Checks of lesson 05, where one slip could hide another, and on inputs of many seeds."""

from collections.abc import Callable

import numpy as np
import pytest

from course_utils.lessons.validation.exercises import check_honest_report, check_stop_early
from tests.lessons.validation.answers import RIGHT, WRONG, report

Report = Callable[[np.ndarray, np.ndarray], tuple[float, ...]]
WRITTEN = {
    "three decimals": lambda share: round(share, 3),
    "two decimals": lambda share: round(share, 2),
    "per cents": lambda share: 100 * share,
    "per cents, one decimal": lambda share: round(100 * share, 1),
    "as text shows them": lambda share: float(f"{share:.3f}"),
}


def written(answer: Report, form: Callable[[float], float], first: int = 1) -> Report:
    """The same report, its numbers from place ``first`` on in another form."""

    def function(val: np.ndarray, test: np.ndarray) -> tuple[float, ...]:
        numbers = answer(val, test)
        return *numbers[:first], *map(form, numbers[first:])

    return function


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("name", ["n-of-validation", "n-of-both", "validation-accuracy", "wald"])
def test_a_form_of_shares_does_not_hide_what_is_wrong_with_them(name: str, form: str) -> None:
    for seed in range(5):
        for first in (1, 2) if name.startswith("n-of") else (1,):
            answer = written(WRONG["honest_report"][name], WRITTEN[form], first)
            assert check_honest_report(answer, seed=seed).misconception == name, seed


@pytest.mark.parametrize("form", WRITTEN)
def test_shares_that_are_right_but_for_their_form_are_told_of_it(form: str) -> None:
    name = "per-cent" if form.startswith("per cents") else "rounded"
    for seed in range(5):
        for first in (1, 2):
            feedback = check_honest_report(written(report, WRITTEN[form], first), seed=seed)
            assert feedback.misconception == name, seed


def test_an_interval_of_no_known_kind_is_not_called_rounded_alone() -> None:
    def no_interval(val: np.ndarray, test: np.ndarray) -> tuple[float, ...]:
        index, accuracy, *_ = report(val, test)
        return index, accuracy, 0.2, 0.3

    assert check_honest_report(no_interval).misconception is None
    feedback = check_honest_report(written(no_interval, WRITTEN["two decimals"]))
    assert feedback.misconception == "rounded"


def test_stopping_early_is_judged_alike_on_losses_of_any_seed() -> None:
    for seed in range(40):
        for answer in RIGHT["stop_early"].values():
            assert check_stop_early(answer, seed=seed).status == "right", seed
        for name, answer in WRONG["stop_early"].items():
            assert check_stop_early(answer, seed=seed).misconception == name, seed
