"""Drawing ahead: what a learner may choose next is drawn while they read what is there now."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import ipywidgets
from IPython import get_ipython

from course_utils.widgets.garbage import collect_what_is_new

QUIET = 0.3  # seconds without a move before anything is drawn ahead
PAUSE = 0.1  # seconds between two drawings: a message passes several hands before it is a move
MOST_AHEAD = 16  # settings drawn ahead of each one
MOST_KEPT = 300  # of some 30 kB each
AT_HAND = 4  # values of the control in hand that come before any other: two neighbours, two ends
# JupyterLab brings moves to a thread of their own, while the main one runs cells and draws ahead
# what was shown there; matplotlib knows of no threads.
ONE_AT_A_TIME = threading.RLock()
CELL_RUNS = threading.Event()  # its seconds are its own: nothing is drawn ahead beside it


class DrawAhead:
    """Keeps what ``draw`` gave for settings of ``controls``, and draws likely others in time.

    It draws ahead only where an event loop runs, as in a kernel, and only while that is idle.

    Args:
        draw: Pure function of a value for each control, by name.
        controls: ipywidgets by name.
    """

    def __init__(
        self, draw: Callable[[Mapping[str, Any]], Any], controls: Mapping[str, Any]
    ) -> None:
        self.draw, self.controls = draw, controls
        self.kept: dict[Hashable, Any] = {}
        self._failed: set[Hashable] = set()
        self._latest: dict[str, Any] = {}
        self._in_hand = next(iter(controls), "")  # the control moved last
        self._turn = 0  # counts what was asked for, so that an older turn of drawing ahead ends
        _watch_cells()

    def get(self) -> Any:
        """What ``draw`` gives for the present values; at once, if it was drawn ahead.

        Raises:
            Exception: Whatever ``draw`` raises.
        """
        with ONE_AT_A_TIME:
            values = {name: control.value for name, control in self.controls.items()}
            moved = [name for name, value in self._latest.items() if values[name] != value]
            self._in_hand, self._latest = (moved or [self._in_hand])[0], values
            key = _key_of(values)
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # a script, a test: nothing would ever be idle
                return self.draw(values)
            if key not in self.kept:
                self._keep(key, self.draw(values))
            self._turn += 1
            self._wait(loop, QUIET)
            return self.kept[key]

    def _keep(self, key: Hashable, drawn: Any) -> None:
        self.kept[key] = drawn
        if len(self.kept) > MOST_KEPT:
            del self.kept[next(iter(self.kept))]

    def _wait(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        loop.call_later(seconds, self._draw_next, loop, loop.time() + seconds, self._turn)

    def _draw_next(self, loop: asyncio.AbstractEventLoop, due: float, turn: int) -> None:
        if turn != self._turn:  # there was a move since, which waits for itself
            return
        is_busy = loop.time() - due > 0.05 or CELL_RUNS.is_set()
        if is_busy or not ONE_AT_A_TIME.acquire(blocking=False):  # or another thread draws
            self._wait(loop, QUIET)
            return
        try:
            if self._draw_one_ahead():
                collect_what_is_new()
                self._wait(loop, PAUSE)
        finally:
            ONE_AT_A_TIME.release()

    def _draw_one_ahead(self) -> bool:
        """Whether there was a likely setting that had not been tried."""
        for values in likely_settings(self.controls, MOST_AHEAD, self._in_hand):
            key = _key_of(values)
            if key in self.kept or key in self._failed:
                continue
            try:
                self._keep(key, self.draw(values))
            except Exception:  # it is raised, and shown, once somebody chooses this setting
                self._failed.add(key)
            return True
        return False


def _watch_cells() -> None:
    """Have ``CELL_RUNS`` set while a cell runs; IPython registers a function only once."""
    shell = get_ipython()
    if shell is not None:
        shell.events.register("pre_execute", CELL_RUNS.set)
        shell.events.register("post_execute", CELL_RUNS.clear)


def likely_settings(
    controls: Mapping[str, Any], most: int, in_hand: str
) -> Iterator[dict[str, Any]]:
    """Up to ``most`` settings with another value of one control, the likeliest values first.

    The control ``in_hand`` comes first with some values, since it is the likeliest to be moved.
    """
    present = {name: control.value for name, control in controls.items()}
    others = {name: _other_values(control) for name, control in controls.items()}
    turns = [(in_hand, step) for step in range(AT_HAND)]
    turns += [(name, step) for step in range(most) for name in others]
    there = [
        (name, step) for name, step in dict.fromkeys(turns) if step < len(others.get(name, ()))
    ]
    for name, step in there[:most]:
        yield present | {name: others[name][step]}


def _key_of(values: Mapping[str, Any]) -> Hashable:
    # A browser and Python differ in the last digits of a step of a slider.
    return tuple(f"{value:.9g}" if isinstance(value, float) else value for value in values.values())


def _other_values(control: ipywidgets.DOMWidget) -> list[Any]:
    """Values that a control can take, but for its present one, the likeliest first.

    Of a slider over many numbers, those that a few presses of a key lead to.
    """
    if hasattr(control, "options"):
        options = [option[1] if isinstance(option, tuple) else option for option in control.options]
        here = control.index or 0
        places = sorted(range(len(options)), key=lambda place: abs(place - here))
        ordered = _with_ends(here, places[1:], (len(options) - 1, 0))
        return [options[place] for place in ordered]
    if isinstance(control.value, bool):
        return [not control.value]
    is_log = isinstance(control, ipywidgets.FloatLogSlider)
    here = math.log(control.value, control.base) if is_log else control.value
    ordered = _with_ends(here, _steps_from(here, control), (control.max, control.min))
    return [control.base**place for place in ordered] if is_log else ordered


def _steps_from(place: float, slider: ipywidgets.DOMWidget) -> list[float]:
    """Places on a slider one step to the right and left of ``place``, then two, and so on."""
    steps = (sign * n * slider.step for n in range(1, MOST_AHEAD + 1) for sign in (1, -1))
    return [place + step for step in steps if slider.min <= place + step <= slider.max]


def _with_ends(here: float, near: list[Any], ends: tuple[Any, Any]) -> list[Any]:
    """The two nearest places, then both ends, where a key leads at once, then those farther off."""
    ordered = dict.fromkeys([*near[:2], *ends, *near[2:]])
    return [place for place in ordered if place != here]
