"""The table of GPUs is whole and of plausible orders, and times are by hand."""

import pytest

from course_utils.costs.hardware import HARDWARE, Hardware, find_hardware, predict_run
from course_utils.models.operations import Operations

A100 = find_hardware("A100 SXM 80 GB")


@pytest.mark.parametrize("row", HARDWARE.values(), ids=str)
def test_a_row_has_a_source_and_plausible_orders(row: Hardware) -> None:
    assert "NVIDIA" in row.source and "20" in row.source
    assert 5e13 < row.peak < 1.2e15 and 50 < row.power < 1000 and 8e9 < row.memory < 2e11
    assert 2016 < row.year < 2027
    assert 2e11 < row.peak / row.power < 2e12  # operations for a joule


def test_peaks_are_of_dense_matrices() -> None:
    sparse = {"A100 SXM 80 GB": 624e12, "H100 SXM": 1979e12, "L4": 242e12, "RTX 4090": 330.4e12}
    for name, peak in sparse.items():
        assert HARDWARE[name].peak == pytest.approx(peak / 2, rel=0.001)


def test_an_unknown_gpu_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"no hardware 'A100' in the table; it has .*A100 SXM 40 GB"
    ):
        find_hardware("A100")


def test_the_time_of_a_run_by_hand() -> None:
    work = Operations(forward=10**9, training=3 * 10**9)
    # 3e9 x 1e6 x 10 = 3e16 operations; 2 x 312e12 x 0.5 = 312e12 in a second.
    assert predict_run(work, 10**6, 10, A100, count=2, share_of_peak=0.5) == pytest.approx(
        3e16 / 312e12
    )
    assert predict_run(work, 10**6, 10, A100) == pytest.approx(3e16 / 312e12 / 0.15)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"num_examples": 0}, "num_examples must be a whole number from 1"),
        ({"num_epochs": 0}, "num_epochs must be a number above 0"),
        ({"count": 1.5}, "count must be a whole number"),
        ({"share_of_peak": 15}, "share_of_peak must be above 0 and at most 1, got 15; write 15 %"),
        ({"share_of_peak": 0}, "share_of_peak must be above 0"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(change: dict[str, float], said: str) -> None:
    settings = {"num_examples": 10, "num_epochs": 1, "hardware": A100, **change}
    with pytest.raises(ValueError, match=said):
        predict_run(Operations(1, 3), **settings)
