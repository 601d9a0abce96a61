"""Seconds that are measured evenly: in turn, warm, each as often as the others."""

import time
from itertools import count

import pytest

from course_utils.session.timing import in_turn, spread_text


def test_ways_take_turns_and_the_first_round_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    ticks = count()
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))

    def work(name: str) -> None:
        order.append(name)
        for _ in range(10 if len(order) <= 2 else len(order)):  # a slow first round
            next(ticks)

    seconds = in_turn({"a": lambda: work("a"), "b": lambda: work("b")}, rounds=2)
    assert order == ["a", "b"] * 3
    assert seconds == {"a": [4.0, 6.0], "b": [5.0, 7.0]}


def test_the_spread_is_median_shortest_and_longest() -> None:
    assert spread_text([0.5, 0.25, 4.0]) == "0.5 s [0.25, 4]"
