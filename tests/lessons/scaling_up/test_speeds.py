"""Speeds that were planted are found again, and what they predict is arithmetic by hand."""

import math

import numpy as np
import pytest
import torch

from course_utils.lessons.scaling_up.speeds import (
    Load,
    Speeds,
    fit_speeds,
    loads_of,
    median_seconds,
    ring_bytes,
)

PLANTED = Speeds(rate=5e10, bandwidth=8e8, per_step=3e-3, per_reduction=2e-4)
LOADS = [Load(1e8, 1e5), Load(4e8, 5e5), Load(2e9, 2e6), Load(6e9, 4.5e6)]


def seconds(speeds: Speeds, num_processes: int = 2) -> np.ndarray:
    """The table (W, 3) that these speeds would give."""
    rows = [
        [speeds.step(load), speeds.reduction(load, num_processes), speeds.both(load, num_processes)]
        for load in LOADS
    ]
    return np.array(rows)


@pytest.mark.parametrize("num_processes", [2, 4])
def test_planted_speeds_are_found(num_processes: int) -> None:
    found = fit_speeds(LOADS, seconds(PLANTED, num_processes), num_processes)
    for name in ("rate", "bandwidth", "per_step", "per_reduction"):
        assert getattr(found, name) == pytest.approx(getattr(PLANTED, name), rel=1e-6), name


def test_small_networks_count_as_much_as_large_ones() -> None:
    noise = np.random.default_rng(0).normal(1, 0.02, (len(LOADS), 3))
    found = fit_speeds(LOADS, seconds(PLANTED) * noise)
    assert seconds(found) == pytest.approx(seconds(PLANTED), rel=0.06)


def test_no_speed_is_negative() -> None:
    falling = np.array([[4.0, 4, 4], [3, 3, 3], [2, 2, 2], [1, 1, 1]])
    found = fit_speeds(LOADS, falling)
    assert found.rate == found.bandwidth == math.inf
    assert found.per_step >= 0 and found.per_reduction >= 0


@pytest.mark.parametrize(
    ("loads", "table"),
    [
        (LOADS[:1], np.ones((1, 3))),
        (LOADS, np.ones((3, 3))),
        (LOADS, np.zeros((4, 3))),
    ],
)
def test_what_cannot_be_fitted_is_refused(loads: list[Load], table: np.ndarray) -> None:
    with pytest.raises(ValueError, match="of at least 2 networks"):
        fit_speeds(loads, table)


def test_more_processes_share_the_operations_and_send_more_bytes() -> None:
    batch = Load(operations=1e10, num_bytes=4e6)
    assert PLANTED.both(batch, 1) == pytest.approx(1e10 / 5e10 + 3e-3)
    eight = PLANTED.both(batch.shared(8), 8)
    assert eight == pytest.approx(1e10 / 8 / 5e10 + 3e-3 + 2 * 7 / 8 * 4e6 / 8e8 + 2e-4)


def test_around_a_ring_two_send_all_once_and_many_nearly_twice() -> None:
    assert [ring_bytes(100, n) for n in (1, 2, 4, 100)] == pytest.approx([0, 100, 150, 198])


def test_operations_and_bytes_are_those_of_the_network() -> None:
    narrow, wide = loads_of([2, 4], torch.rand(5, 1, 8, 8), 3)
    # The first convolution has 9 weights a filter at 64 places; the ten others: see residual.py.
    width, places = 2, (64, 16, 4)
    convolutions = places[0] * 9 * width * (1 + 2 * width)
    convolutions += places[1] * 9 * 2 * width * (width + 2 * 2 * width)
    convolutions += places[2] * 9 * 4 * width * (2 * width + 2 * 4 * width)
    assert narrow.operations == 3 * 2 * 5 * (convolutions + 4 * width * 3)
    assert wide.operations > 3.5 * narrow.operations and wide.num_bytes > 3 * narrow.num_bytes
    weights = 9 * width * (1 + 2 * width) + 9 * 2 * width * 5 * width + 9 * 4 * width * 10 * width
    norms = 2 * 3 * (width + 2 * width + 4 * width)
    assert narrow.num_bytes == 4 * (weights + norms + 4 * width * 3 + 3)


def test_of_a_round_the_slowest_rank_counts_and_of_the_rounds_the_median() -> None:
    one = torch.tensor([1.0, 5, 9]).view(3, 1, 1).expand(3, 2, 3)
    other = torch.tensor([4.0, 2, 3]).view(3, 1, 1).expand(3, 2, 3)
    found = [{"wall": one, "cpu": one}, {"wall": other, "cpu": one / 2}]
    assert median_seconds(found, "wall").tolist() == [[5.0] * 3] * 2
    assert median_seconds(found).tolist() == [[5.0] * 3] * 2
    assert median_seconds(found[1:]).tolist() == [[2.5] * 3] * 2
