"""Where a lesson computes, and in which precision: what is there, and what is faster."""

from collections.abc import Callable

import pytest
import torch

from course_utils.session import devices
from course_utils.session.devices import find_device, find_precision, product_rate

CPU = torch.device("cpu")


def pretend_devices(monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_gpu_that_is_not_there_is_an_error_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pretend_devices(monkeypatch, cuda=False, mps=False)
    with pytest.raises(ValueError, match=f'device is "{name}", but .*; set device = "auto"'):
        find_device(name)


@pytest.mark.parametrize(
    ("cuda", "mps", "found"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_device_there_is(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, found: str
) -> None:
    pretend_devices(monkeypatch, cuda, mps)
    assert find_device("auto") == torch.device(found)


def test_a_device_that_was_asked_for_is_taken_though_there_is_a_faster_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_devices(monkeypatch, cuda=True, mps=True)
    assert [find_device(name).type for name in ("cpu", "mps", "cuda")] == ["cpu", "mps", "cuda"]


@pytest.mark.parametrize("name", ["tpu", "CPU", "cuda:1", None])
def test_an_unknown_device_is_refused_with_those_there_are(name: object) -> None:
    with pytest.raises(ValueError, match='device must be one of "cpu", "cuda", "mps", "auto", got'):
        find_device(name)


def test_a_precision_that_was_asked_for_is_taken_without_timing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(devices, "product_rate")
    assert find_precision("float32", CPU) == torch.float32
    assert find_precision("bfloat16", CPU) == torch.bfloat16


@pytest.mark.parametrize(
    ("gain", "found"), [(0.1, "float32"), (1.1, "float32"), (1.5, "bfloat16"), (8, "bfloat16")]
)
def test_auto_takes_bfloat16_where_it_is_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, gain: float, found: str
) -> None:
    rates = {torch.bfloat16: gain * 3e11, torch.float32: 3e11}
    monkeypatch.setattr(devices, "product_rate", lambda dtype, device: rates[dtype])
    assert find_precision("auto", CPU) == getattr(torch, found)


def test_auto_ends_in_one_of_the_two_on_this_machine() -> None:
    assert find_precision("auto", CPU) in (torch.float32, torch.bfloat16)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what a clock shows: each look at it takes the next of the times given."""

    def show(*times: float) -> None:
        iterator = iter(times)
        monkeypatch.setattr(devices.time, "perf_counter", lambda: next(iterator))

    return show


def test_the_rate_is_that_of_the_fastest_of_six_products(clock: Callable[..., None]) -> None:
    clock(0, 0.09, 1, 1.02, 2, 2.005, 3, 3.01, 4, 4.03, 5, 5.02)  # 90, 20, 5, 10, 30 and 20 ms
    # n x n by n x n: n multiplications and as many additions for each of n * n numbers.
    assert product_rate(torch.float32, CPU, size=10) == pytest.approx(2 * 10**3 / 0.005)


def test_where_a_product_takes_seconds_one_is_enough(clock: Callable[..., None]) -> None:
    clock(0, 2)
    assert product_rate(torch.bfloat16, CPU, size=10) == pytest.approx(2 * 10**3 / 2)


def test_a_measured_rate_is_one_that_processors_have() -> None:
    assert 1e7 < product_rate(torch.float32, CPU, size=256) < 1e15


def test_another_clock_can_be_given() -> None:
    times = iter(range(100))
    found = product_rate(torch.float32, CPU, size=10, clock=lambda: 0.1 * next(times))
    assert found == pytest.approx(2 * 10**3 / 0.1)
