"""Seconds that are measured evenly: in turn, warm, each as often as the others."""

import time
from itertools import count

import pytest
import torch

from course_utils.session.timing import clock_of, in_turn, one_thread, spread_text


def test_ways_take_turns_and_the_first_round_is_not_counted() -> None:
    order: list[str] = []
    ticks = count()

    def work(name: str) -> None:
        order.append(name)
        for _ in range(10 if len(order) <= 2 else len(order)):  # a slow first round
            next(ticks)

    seconds = in_turn(
        {"a": lambda: work("a"), "b": lambda: work("b")}, 2, lambda: float(next(ticks))
    )
    assert order == ["a", "b"] * 3
    assert seconds == {"a": [4.0, 6.0], "b": [5.0, 7.0]}


def test_the_spread_is_median_shortest_and_longest() -> None:
    assert spread_text([0.5, 0.25, 4.0]) == "0.5 s [0.25, 4]"


def test_on_a_cpu_only_the_seconds_of_this_process_count() -> None:
    clock = clock_of(torch.device("cpu"))
    before, all_before = clock(), time.perf_counter()
    time.sleep(0.2)
    assert clock() - before < 0.5 * (time.perf_counter() - all_before)


def test_one_thread_computes_and_then_as_many_as_before() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with pytest.raises(ZeroDivisionError), one_thread():
            assert torch.get_num_threads() == 1
            raise ZeroDivisionError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
