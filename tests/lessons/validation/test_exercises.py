"""Checks of lesson 05, where one slip could hide another, and on inputs of many seeds."""

from collections.abc import Callable

import numpy as np
import pytest

from course_utils.evaluation.scores import wilson_interval
from course_utils.lessons.validation.exercises import (
    check_honest_report,
    check_stop_early,
    check_weakest_class,
)
from tests.lessons.validation.answers import RIGHT, WRONG, report, weakest, weakest_with

pytestmark = pytest.mark.slow

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


def by_mean_of_both(val: np.ndarray, test: np.ndarray) -> tuple[float, ...]:
    index = np.argmax(val.mean(axis=1) + test.mean(axis=1))
    return index, test[index].mean(), *wilson_interval(test[index].sum(), test.shape[1])


def interval_of_validation(val: np.ndarray, test: np.ndarray) -> tuple[float, ...]:
    index = val.sum(axis=1).argmax()
    return index, test[index].mean(), *wilson_interval(val[index].sum(), val.shape[1])


def usual_interval_of_len(val: np.ndarray, test: np.ndarray) -> tuple[float, ...]:
    index = val.mean(axis=1).argmax()
    a = test[index].mean()
    half = 1.96 * np.sqrt(a * (1 - a) / len(test))
    return index, a, a - half, a + half


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (by_mean_of_both, "selects-on-everything"),
        (interval_of_validation, "n-of-validation"),
        (usual_interval_of_len, "n-of-candidates"),
    ],
)
def test_one_idea_is_known_in_several_forms(answer: Report, name: str) -> None:
    for seed in range(5):
        assert check_honest_report(answer, seed=seed).misconception == name, seed


CLASS_FORMS = {
    "swapped": ("another-order", lambda k, r, p, m: (k, p, r)),
    "the class last": ("another-order", lambda k, r, p, m: (r, p, k)),
    "odds for precision": (
        "without-right-ones",
        lambda k, r, p, m: (k, r, p / (1 - p) if p < 1 else np.inf),
    ),
    "odds for recall": ("without-right-ones", lambda k, r, p, m: (k, r / (1 - r), p)),
    "accuracy first": ("accuracy", lambda k, r, p, m: (k, m.trace() / m.sum(), p)),
    "of all, precision": ("share-of-all", lambda k, r, p, m: (k, r, m[k, k] / m.sum())),
    "of all, both": ("share-of-all", lambda k, r, p, m: (k, *2 * [m[k, k] / m.sum()])),
    "wrong, recall": ("wrong-shares", lambda k, r, p, m: (k, 1 - r, p)),
    "one decimal": ("rounded", lambda k, r, p, m: (k, round(r, 1), round(p, 1))),
    "three decimals": ("rounded", lambda k, r, p, m: (k, round(r, 3), round(p, 3))),
}


@pytest.mark.parametrize(("name", "change"), CLASS_FORMS.values(), ids=CLASS_FORMS)
def test_numbers_of_the_weakest_class_are_known_in_several_forms(
    name: str, change: Callable[..., tuple[float, ...]]
) -> None:
    for seed in range(5):
        assert check_weakest_class(weakest_with(change), seed=seed).misconception == name, seed


def test_the_weakest_class_is_judged_alike_on_matrices_of_any_seed() -> None:
    for seed in range(40):
        for answer in RIGHT["weakest_class"].values():
            assert check_weakest_class(answer, seed=seed).status == "right", seed
        for name, answer in WRONG["weakest_class"].items():
            assert check_weakest_class(answer, seed=seed).misconception == name, seed


def test_a_tie_of_classes_stays_one_when_counts_become_shares() -> None:
    assert check_weakest_class(lambda m: weakest(m / m.sum())).status == "right"
