"""Trainings side by side: the same results in the same order, on any number of cores."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import SMALL, num_at_once, seeded, side_by_side
from course_utils.session.start import Session

CPU_SESSION = Session(torch.device("cpu"), Path("data"), 0)


def trained(seed: int, num_steps: int) -> torch.Tensor:
    with seeded(seed):
        model = Backbone(width=4)
    images = torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(seed))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(num_steps):
        loss = F.cross_entropy(model(images), torch.arange(8))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def test_results_come_in_order_and_do_not_depend_on_how_many_run_at_once() -> None:
    arguments = [(seed, steps) for seed in range(4) for steps in (1, 3)]
    num_threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)  # as each of the threads computes
        expected = side_by_side(trained, arguments, at_once=1)
    finally:
        torch.set_num_threads(num_threads)
    for at_once in (2, 3):
        results = side_by_side(trained, arguments, at_once)
        assert all(map(torch.equal, results, expected))
    assert torch.get_num_threads() == num_threads
    assert len({tuple(weights[:3].tolist()) for weights in expected}) == len(arguments)


def test_so_many_calls_run_at_once_each_on_one_core() -> None:
    all_here = threading.Barrier(3, timeout=60)  # passed only by three at the same time

    def meet(number: int) -> tuple[int, int]:
        all_here.wait()
        return number, torch.get_num_threads()

    assert side_by_side(meet, [(0,), (1,), (2,)], at_once=3) == [(0, 1), (1, 1), (2, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 2])
def test_an_error_ends_the_work_and_leaves_the_cores_as_they_were(at_once: int) -> None:
    num_threads, begun = torch.get_num_threads(), []

    def fail(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise ArithmeticError("number 0")
        time.sleep(0.01)  # so that the error is heard of long before the last call

    with pytest.raises(ArithmeticError, match="number 0"):
        side_by_side(fail, [(number,) for number in range(10_000)], at_once)
    assert len(begun) < 10_000 and torch.get_num_threads() == num_threads


def test_a_seeded_block_repeats_itself_and_other_numbers_go_on() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    with seeded(5):
        inside = torch.rand(4)
    with seeded(5):
        assert torch.equal(inside, torch.rand(4))
    assert torch.equal(torch.rand(4), expected)


def test_a_seeded_block_within_another_gives_the_outer_its_numbers_back() -> None:
    with seeded(5):
        expected = torch.rand(2)
    with seeded(5):
        with seeded(6):
            inner = torch.rand(2)
        assert torch.equal(torch.rand(2), expected) and not torch.equal(inner, expected)


def test_an_error_in_a_seeded_block_lets_the_next_one_in() -> None:
    with pytest.raises(ValueError, match="inside"), seeded(0):
        raise ValueError("inside")
    with seeded(0):
        pass


def test_large_networks_other_devices_and_compiled_ones_run_one_after_the_other() -> None:
    small, large = nn.Linear(10, 10), nn.Linear(SMALL, 1)
    assert num_at_once(small, CPU_SESSION) == torch.get_num_threads()
    assert num_at_once(large, CPU_SESSION) == 1
    assert num_at_once(small, replace(CPU_SESSION, compiled=True)) == 1
    assert num_at_once(small, replace(CPU_SESSION, device=torch.device("meta"))) == 1
