"""What may be chosen next is drawn while nothing else is done, once, and its errors wait."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

import ipywidgets
import pytest
from IPython.core.events import EventManager, available_events

from course_utils.widgets import ahead
from course_utils.widgets.ahead import DrawAhead, likely_settings
from course_utils.widgets.garbage import spare_what_is_loaded


class Counted:
    """A draw function that remembers for which values it was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, values: dict[str, Any]) -> str:
        """The values as text, but for one that cannot be drawn."""
        self.calls.append(tuple(values.values()))
        if values["n"] == 4:
            raise ValueError("a planted error")
        return f"{values}"


@pytest.fixture(autouse=True)
def no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "QUIET", 0.05)
    monkeypatch.setattr(ahead, "PAUSE", 0.02)
    monkeypatch.setattr(ahead, "CELL_RUNS", threading.Event())
    gc.unfreeze()  # what other tests loaded is not searched through after each drawing


def run(steps: Callable[[], Any]) -> None:
    """Run a coroutine function as a kernel would run what a learner does."""
    asyncio.run(steps())


async def until(is_so: Callable[[], bool]) -> None:
    """Wait, as an idle kernel does, until ``is_so()``."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, "it never was so"
        await asyncio.sleep(0.02)


def two_controls() -> dict[str, Any]:
    """A slider with the error of ``Counted`` on it, and a box to tick."""
    return {"n": ipywidgets.IntSlider(2, min=0, max=5), "ticked": ipywidgets.Checkbox(False)}


def test_the_likely_settings_are_drawn_while_one_waits_and_then_there_at_once() -> None:
    draw, controls = Counted(), two_controls()
    drawings = DrawAhead(draw, controls)

    async def learn() -> None:
        assert drawings.get() == "{'n': 2, 'ticked': False}"
        assert draw.calls == [(2, False)]
        await until(lambda: len(draw.calls) == 7)
        assert draw.calls[1:] == [
            (3, False), (1, False), (5, False), (0, False), (2, True), (4, False),
        ]  # fmt: skip
        controls["n"].value = 3
        assert drawings.get() == "{'n': 3, 'ticked': False}"
        assert len(draw.calls) == 7  # nothing was drawn for that

    run(learn)


def test_the_control_that_was_moved_last_comes_first() -> None:
    draw, controls = Counted(), two_controls()
    controls["m"] = ipywidgets.IntSlider(1, min=0, max=3)
    drawings = DrawAhead(draw, controls)

    async def learn() -> None:
        drawings.get()
        controls["m"].value = 2
        drawings.get()
        await until(lambda: len(draw.calls) >= 5)
        # Where m was 1 is there already.
        assert draw.calls[2:5] == [(2, False, 3), (2, False, 0), (3, False, 2)]
        drawings.get()  # shown again, not moved
        assert drawings._in_hand == "m"

    run(learn)


def test_an_error_comes_when_its_setting_is_chosen_each_time_and_not_before() -> None:
    draw, controls = Counted(), two_controls()
    drawings = DrawAhead(draw, controls)

    async def learn() -> None:
        drawings.get()
        await until(lambda: (4, False) in draw.calls)
        await asyncio.sleep(0.2)
        assert draw.calls.count((4, False)) == 1
        controls["n"].value = 4
        for _ in range(2):
            with pytest.raises(ValueError, match="planted"):
                drawings.get()

    run(learn)


def test_while_there_are_moves_nothing_is_drawn_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "QUIET", 0.3)  # longer than between two moves, shorter than all
    draw, controls = Counted(), two_controls()
    drawings = DrawAhead(draw, controls)

    async def learn() -> None:
        for n in (0, 1, 2, 3) * 6:
            controls["n"].value = n
            drawings.get()
            await asyncio.sleep(0.02)
        assert draw.calls == [(0, False), (1, False), (2, False), (3, False)]

    run(learn)


def test_a_kernel_that_was_busy_is_left_alone() -> None:
    draw = Counted()
    drawings = DrawAhead(draw, two_controls())

    async def learn() -> None:
        drawings.get()
        await asyncio.sleep(0)
        time.sleep(0.2)  # a cell runs, and more of them may wait
        await asyncio.sleep(0.01)
        assert len(draw.calls) == 1
        await until(lambda: len(draw.calls) > 1)

    run(learn)


def test_while_a_cell_runs_in_another_thread_nothing_is_drawn_ahead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = SimpleNamespace(events=EventManager(None, available_events))
    monkeypatch.setattr(ahead, "get_ipython", lambda: shell)
    draw, controls = Counted(), two_controls()
    drawings, _ = DrawAhead(draw, controls), DrawAhead(draw, controls)

    async def learn() -> None:
        shell.events.trigger("pre_execute")
        drawings.get()
        await asyncio.sleep(0.3)
        controls["n"].value = 3
        assert drawings.get() == "{'n': 3, 'ticked': False}"
        await asyncio.sleep(0.3)
        assert draw.calls == [(2, False), (3, False)]
        shell.events.trigger("post_execute")
        await until(lambda: len(draw.calls) > 2)

    run(learn)


class Knot:
    """As a figure, it refers to itself, so that only garbage collection takes it away."""

    def __init__(self) -> None:
        self.itself = self


def test_what_drawing_ahead_leaves_is_collected_before_the_next_move() -> None:
    knots: WeakSet[Knot] = WeakSet()
    drawings = DrawAhead(lambda values: knots.add(Knot()), two_controls())

    async def learn() -> None:
        drawings.get()
        assert len(knots) == 1
        await until(lambda: len(drawings.kept) == 7)
        assert len(knots) == 0

    gc.disable()
    spare_what_is_loaded()
    try:
        run(learn)
    finally:
        gc.enable()
        gc.unfreeze()


def test_no_two_are_drawn_at_once_though_moves_come_in_a_thread_of_their_own() -> None:
    drawing, most = [], []

    def draw(values: dict[str, Any]) -> str:
        drawing.append(values)
        most.append(len(drawing))
        time.sleep(0.03)
        drawing.remove(values)
        return f"{values}"

    controls = {"n": ipywidgets.IntSlider(5, min=0, max=10)}
    drawings = DrawAhead(draw, controls)

    async def shown() -> None:
        drawings.get()
        await until(lambda: len(most) > 6 and not thread.is_alive())

    async def moved() -> None:
        await asyncio.sleep(0.06)  # in the midst of what the other draws ahead
        for n in (9, 2, 7):
            controls["n"].value = n
            assert drawings.get() == f"{{'n': {n}}}"
            await asyncio.sleep(0.1)

    thread = threading.Thread(target=run, args=[moved])
    thread.start()
    run(shown)
    thread.join()
    assert max(most) == 1


def test_no_more_is_kept_than_some_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST_KEPT", 3)
    draw = Counted()
    drawings = DrawAhead(draw, two_controls())

    async def learn() -> None:
        drawings.get()
        await until(lambda: len(draw.calls) == 7)

    run(learn)
    assert len(drawings.kept) == 3


def test_without_an_event_loop_each_setting_is_drawn_when_it_is_chosen() -> None:
    draw = Counted()
    drawings = DrawAhead(draw, two_controls())
    assert drawings.get() == drawings.get()
    assert draw.calls == [(2, False)] * 2


@pytest.mark.parametrize(
    ("control", "likeliest"),
    [
        (ipywidgets.SelectionSlider(options=[("one", 1), ("two", 2), ("six", 6)], value=2), [1, 6]),
        (ipywidgets.Dropdown(options=list("abcdef"), value="c"), list("bdfae")),
        (ipywidgets.Dropdown(options=["a", "b", "c"], value="c"), ["b", "a"]),
        (ipywidgets.Checkbox(True), [False]),
        (ipywidgets.IntSlider(9, min=1, max=10, step=2), [7, 5, 10, 1, 3]),
        (ipywidgets.IntSlider(3, min=0, max=9), [4, 2, 9, 0, 5]),
        (ipywidgets.FloatSlider(0.5, min=0, max=1.5, step=0.25), [0.75, 0.25, 1.5, 0, 1]),
        (ipywidgets.FloatLogSlider(10, min=0, max=4, step=1), [100, 1, 10000, 1000]),
    ],
)
def test_the_nearest_values_come_first_then_the_ends(control: Any, likeliest: list[Any]) -> None:
    found = [values["only"] for values in likely_settings({"only": control}, 5, "only")]
    assert found == pytest.approx(likeliest) if isinstance(found[0], float) else found == likeliest
