"""A forecast puts together what is counted, and says whether it fits."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from course_utils.costs import forecasts
from course_utils.costs.forecasts import forecast
from course_utils.costs.hardware import find_hardware, predict_run
from course_utils.costs.machine import Machine
from course_utils.costs.memory import memory_bound
from course_utils.costs.probes import PROBES
from course_utils.costs.seconds import SecondsModel, workload_of
from course_utils.models.operations import count_operations

MACHINE = Machine("one", "cpu", 1, 1e11, 2e11, 2e10, 1e9, False, 400)
T4 = find_hardware("T4")
PLAN = {"num_examples": 1000, "num_epochs": 3, "batch_size": 256}


def test_on_this_machine_a_step_is_predicted_and_multiplied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forecasts, "free_memory", lambda: 9e9)
    probe, fitted = PROBES[0], SecondsModel(1.2, 2.0, 0.01, MACHINE)
    model = probe.build()
    found = forecast(model, (1, 8, 8), **PLAN, on=MACHINE, seconds_model=fitted)
    step = workload_of(model, (256, 1, 8, 8))
    assert found.num_steps == 12
    assert found.seconds == pytest.approx(3 * 1000 / 256 * fitted.predict(step))
    assert found.memory == memory_bound(model, (256, 1, 8, 8))
    assert found.room == 9e9 and found.fits
    rival = forecast(model, (1, 8, 8), **PLAN, on=MACHINE)
    assert rival.seconds == pytest.approx(3 * 1000 / 256 * step.operations / 1e11)


@pytest.mark.slow
def test_on_gpus_they_share_the_batch_and_compute_in_16_bits() -> None:
    found = forecast("resnet18", (3, 64, 64), **PLAN, on=T4, count=2, share_of_peak=0.2)
    work = count_operations(forecasts.imagine("resnet18"), (3, 64, 64))
    assert found.operations == work
    assert found.seconds == predict_run(work, 1000, 3, T4, 2, 0.2)
    alone = forecast("resnet18", (3, 64, 64), **PLAN, on=T4)
    assert alone.memory.kept == pytest.approx(2 * found.memory.kept)
    full = memory_bound(forecasts.imagine("resnet18"), (256, 3, 64, 64))
    assert 0.5 <= alone.memory.kept / full.kept < 0.6  # places of the largest stay whole numbers
    assert alone.memory.weights == full.weights


def test_on_a_gpu_of_this_machine_its_own_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (5e9, 8e9))
    found = forecast("letters", (1, 8, 8), **PLAN, on=replace(MACHINE, device="cuda"))
    assert found.room == 5e9


def test_what_does_not_fit_is_said() -> None:
    plan = {"num_examples": 10_000, "num_epochs": 90}
    large, small = (
        forecast("resnet18", (3, 224, 224), **plan, batch_size=size, on=T4) for size in (4096, 32)
    )
    assert not large.fits and "does not fit into 16.00 GB" in str(large)
    assert small.fits and "may fit into 16.00 GB" in str(small)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"num_examples": 0}, "num_examples must be"),
        ({"num_epochs": 0}, "num_epochs must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"count": 0}, "count must be"),
        ({"optimizer": "adam"}, "optimizer must be one of"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        forecast(nn.Linear(1, 1), (1, 1, 1), on=T4, **(PLAN | change))


def test_a_shape_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape must be \(C, H, W\), three numbers from 1"):
        forecast("resnet18", (224, 224), on=T4, **PLAN)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0123, "0.012 seconds"),
        (90, "90.0 seconds"),
        (7199, "120.0 minutes"),
        (864_000, "10.0 days"),
    ],
)
def test_durations_are_said_in_a_fitting_unit(seconds: float, said: str) -> None:
    assert forecasts.duration_text(seconds) == said
