"""The fit finds what was planted, and says nothing of a network by that network's own time."""

from dataclasses import replace

import numpy as np
import pytest

from course_utils.costs.machine import Machine
from course_utils.costs.memory import memory_bound
from course_utils.costs.probes import PROBES
from course_utils.costs.seconds import (
    Workload,
    fit_seconds,
    leave_one_out,
    peak_seconds,
    workload_of,
)

MACHINE = Machine("one", "cpu", 1, 1e11, 2e11, 2e10, 1e9, False, 400)
WORK = [
    Workload(operations, kept)
    for operations, kept in ((1e9, 5e7), (4e9, 4e7), (2e10, 9e7), (5e9, 3e8), (3e8, 1e6))
]


def planted(compute: float, traffic: float, constant: float) -> list[float]:
    """Seconds of ``WORK`` by hand."""
    return [compute * w.operations / 1e11 + traffic * w.held / 2e10 + constant for w in WORK]


def test_planted_factors_are_found_again() -> None:
    model = fit_seconds(WORK, planted(1.3, 2.5, 0.004), MACHINE)
    assert (model.compute, model.traffic, model.constant) == pytest.approx((1.3, 2.5, 0.004))
    assert [model.predict(work) for work in WORK] == pytest.approx(planted(1.3, 2.5, 0.004))
    assert "1.30 x operations" in str(model) and "2.5 x bytes held" in str(model)


def test_no_factor_is_below_0() -> None:
    model = fit_seconds(WORK, [max(t, 1e-3) for t in planted(1.0, -1.0, 0.01)], MACHINE)
    assert model.traffic == 0 and min(model.compute, model.constant) >= 0


def test_short_and_long_steps_count_alike() -> None:
    noise = np.array([1.1, 0.9, 1.1, 0.9, 1.0])
    seconds = noise * planted(1.0, 2.0, 0.003)
    errors = np.array([fit_seconds(WORK, seconds, MACHINE).predict(w) for w in WORK]) / seconds
    assert np.abs(errors - 1).max() < 0.15


def test_the_unit_of_the_rates_changes_factors_and_no_prediction() -> None:
    twice = replace(MACHINE, float32_rate=2e11, copy_rate=4e10)
    seconds = planted(1.3, 2.5, 0.004)
    one, two = fit_seconds(WORK, seconds, MACHINE), fit_seconds(WORK, seconds, twice)
    assert (two.compute, two.traffic) == pytest.approx((2 * one.compute, 2 * one.traffic))
    assert two.predict(WORK[0]) == pytest.approx(one.predict(WORK[0]))


def test_what_is_left_out_says_nothing_of_its_own_prediction() -> None:
    seconds = planted(1.3, 2.5, 0.004)
    assert leave_one_out(WORK, seconds, MACHINE) == pytest.approx(seconds)
    found = leave_one_out(WORK, [*seconds[:2], 50.0, *seconds[3:]], MACHINE)
    assert found[2] == pytest.approx(seconds[2])
    assert found[1] != pytest.approx(seconds[1])


def test_the_rival_takes_operations_alone() -> None:
    assert peak_seconds(Workload(5e11, 7e9), MACHINE) == 5


@pytest.mark.parametrize(
    ("num_seconds", "wrong", "said"),
    [
        (2, None, "3 steps or more.* 2 steps and 2 times"),
        (5, 0.0, "seconds of a step must be above 0, got 0.0"),
        (5, float("nan"), "must be above 0, got nan"),
    ],
)
def test_what_cannot_be_fitted_is_refused(num_seconds: int, wrong: float | None, said: str) -> None:
    seconds = planted(1.0, 1.0, 0.001)[:num_seconds]
    if wrong is not None:
        seconds[1] = wrong
    with pytest.raises(ValueError, match=said):
        fit_seconds(WORK[:num_seconds], seconds, MACHINE)


def test_steps_without_their_times_are_refused() -> None:
    with pytest.raises(ValueError, match="5 steps and 4 times"):
        leave_one_out(WORK, planted(1.0, 1.0, 0.001)[:4], MACHINE)


def test_the_work_of_a_step_is_what_is_counted() -> None:
    model = PROBES[0].build()
    once, twice = (workload_of(model, (b, 1, 8, 8), "sgd") for b in (8, 16))
    assert twice.operations == 2 * once.operations
    weights = memory_bound(model, (8, 1, 8, 8), "sgd")
    assert once.held == weights.total
    assert twice.held == once.held + weights.kept
    assert workload_of(model, (8, 1, 8, 8)).held == once.held + 2 * weights.gradients


@pytest.mark.slow
def test_eight_probes_tell_computing_from_traffic() -> None:
    assert len(PROBES) == 8 and len(set(PROBES)) == 8
    work = [workload_of(probe.build(), probe.batch_shape) for probe in PROBES]
    shares = [each.held / each.operations for each in work]
    assert max(shares) > 5 * min(shares)
