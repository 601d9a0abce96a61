"""Moves the real controls of an explorer as a learner would, and catches what a cell displays."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

from course_utils.figures import axes as figures
from course_utils.widgets import explorer, guessing, quiz
from course_utils.widgets.explorer import Explorer


def values_to_try(control: ipywidgets.DOMWidget, seed: int = 0) -> list[Any]:
    """Values at both ends, in the middle, and three random ones, that the control can take."""
    chance = random.Random(seed)
    if hasattr(control, "options"):
        options = [option[1] if isinstance(option, tuple) else option for option in control.options]
        picked = [options[0], options[-1], options[len(options) // 2]]
        return picked + [chance.choice(options) for _ in range(3)]
    if isinstance(control.value, bool):
        return [not control.value, control.value]
    shares = [0.0, 1.0, 0.5, *(chance.random() for _ in range(3))]
    places = [control.min + share * (control.max - control.min) for share in shares]
    if isinstance(control, ipywidgets.FloatLogSlider):
        return [control.base**place for place in places]
    return [type(control.value)(place) for place in places]


def every_setting(moved: Explorer, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Set one control after the other to its values; after each, the values of all.

    Whatever a callback raises, comes out here, since the explorer hands it on.
    """
    moved.update()  # as when the cell runs; a control set to the value it has says nothing
    for control in moved.controls.values():
        for value in values_to_try(control, seed):
            control.value = value
            yield {name: one.value for name, one in moved.controls.items()}


def every_setting_in_time(moved: Explorer) -> Iterator[dict[str, Any]]:
    """The same; in the end, that 19 of 20 answers took less than 250 milliseconds of work."""
    settings, spent = every_setting(moved), []
    yield next(settings)
    while True:
        start = time.process_time()
        setting = next(settings, None)
        if setting is None:
            break
        spent.append(time.process_time() - start)
        yield setting
    assert sorted(spent)[int(0.95 * len(spent)) - 1] < 0.25, spent


def catch_displays(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """A list to which every display from now on adds what is shown, with its metadata."""
    return _catch(monkeypatch, lambda data: True)


def catch_pictures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """A list to which every picture displayed from now on is added, without the words below it."""
    return _catch(monkeypatch, lambda data: "image/png" in data)


def _catch(
    monkeypatch: pytest.MonkeyPatch, is_wanted: Callable[[Any], bool]
) -> list[tuple[Any, dict[str, Any]]]:
    shown: list[tuple[Any, dict[str, Any]]] = []

    def display(data: object, metadata: dict[str, Any] | None = None, raw: bool = False) -> None:
        if is_wanted(data):
            shown.append((data, metadata or {}))

    for module in (figures, explorer, guessing, quiz):
        monkeypatch.setattr(module, "display", display)
    return shown
