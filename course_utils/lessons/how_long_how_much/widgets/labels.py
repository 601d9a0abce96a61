"""Lesson 14: how many labels were measured, which law, and what it forecasts at four times them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from course_utils.evaluation.learning_curve import Forecast, forecast_error
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures import forecasts
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TIMES = 4  # times the labels, of the forecast
FEWEST = 3  # sizes to fit a law to
LAWS = {forecasts.WITH_FLOOR: True, forecasts.STRAIGHT: False}  # whether there is a floor
Find = Callable[[int, int, bool], Forecast]  # by repeat, sizes measured, and floor or not


def draw_labels(
    ax: Axes,
    *,
    sizes: Sequence[int],
    wrong: np.ndarray,
    find: Find,
    measured: int,
    law: str,
    repeat: int,
) -> None:
    """Errors up to one size, both laws, the chosen one's interval, and what was measured there.

    Args:
        ax: To draw on.
        sizes: S numbers of labels.
        wrong: (R, S, N) bool.
        find: Gives the forecast.
        measured: The largest of ``sizes`` that the law knows.
        law: One of ``LAWS``.
        repeat: Number of the draw of labels, from 1.
    """
    count, table = list(sizes).index(measured) + 1, wrong[repeat - 1]
    target = list(sizes).index(TIMES * measured)
    errors = table.mean(axis=1)
    found = {name: find(repeat - 1, count, floor) for name, floor in LAWS.items()}
    forecasts.draw_measured(ax, sizes[:count], table[:count])
    for name, forecast in found.items():
        look = (COLOURS[0], "-") if name == law else ("gray", ":")
        forecasts.draw_law(ax, sizes[:count], forecast, name, *look)
    later = {"marker": "o", "mfc": "none", "mec": "gray", "ls": "", "ms": 6}
    ax.plot(sizes[count:target], errors[count:target], label="measured, not used", **later)
    forecasts.draw_ends(ax, found[law])
    forecasts.draw_truth(ax, found[law], errors[target])
    forecasts.finish(ax, sizes[:-1], sizes[-1], "labels to learn from")
    ax.set(xlim=(sizes[0] / 1.2, 1.2 * sizes[-1]), ylim=(0, _top(wrong)))
    _say_labels(ax, found, law, errors[target], measured, repeat)


def _top(wrong: np.ndarray) -> float:
    """The same at each setting, with room above all points and their intervals."""
    return 1.05 * max(
        wilson_interval(int(count), wrong.shape[2])[1] for count in wrong.sum(axis=2).ravel()
    )


def _say_labels(
    ax: Axes,
    found: Mapping[str, Forecast],
    law: str,
    truth: float,
    measured: int,
    repeat: int,
) -> None:
    forecast = found[law]
    (other,) = (name for name in found if name != law)
    say(
        ax,
        f"Draw {repeat} of labels, errors known up to {measured:,}: a {law} forecasts "
        f"{_with_ends(forecast)} for {forecast.size:,}.",
    )
    forecasts.say_truth(ax, forecast, truth)
    if truth:
        say(ax, f"Forecast / measured: {forecast.error / truth:.2f}.")
    say(ax, f"A {other} says {_with_ends(found[other])}.")


def _with_ends(forecast: Forecast) -> str:
    return f"{forecast.error:.3f} [{forecast.low:.3f}, {forecast.high:.3f}]"


def explore_labels(sizes: Sequence[int], wrong: np.ndarray) -> Explorer:
    """Controls for how many labels were measured and for the law: does the forecast hold?

    Args:
        sizes: S numbers of labels, ascending, some of them four times another.
        wrong: (R, S, N) bool: for each of R draws of labels, whether each judged picture is
            answered wrongly after each size.

    Raises:
        ValueError: If the table does not fit, or no size has three sizes up to it and one that is
            four times as large.
    """
    table = np.asarray(wrong)
    if table.dtype != bool or table.ndim != 3 or table.shape[1] != len(sizes) or 0 in table.shape:
        raise ValueError(
            f"wrong must be bool (R, {len(sizes)}, N), with at least one draw and picture, got "
            f"{table.dtype} {table.shape}"
        )
    choices = [size for size in list(sizes)[FEWEST - 1 :] if TIMES * size in sizes]
    if not choices or list(sizes) != sorted(set(sizes)):
        raise ValueError(
            f"sizes must rise, and from the third on one of them be there {TIMES} times as large, "
            f"got {list(sizes)}"
        )

    @cache  # a tenth of a second each
    def find(place: int, count: int, floor: bool) -> Forecast:
        known = list(sizes)[:count]
        return forecast_error(known, table[place, :count], TIMES * known[-1], floor=floor)

    controls = {
        "measured": slider_over(
            choices, "labels measured, up to", start=choices[-1], form="{:,}".format
        ),
        "law": ipywidgets.Dropdown(options=list(LAWS), description="law"),
        "repeat": ipywidgets.IntSlider(
            1, min=1, max=len(table), description="draw of labels", continuous_update=False
        ),
    }
    draw = partial(draw_labels, sizes=sizes, wrong=table, find=find)
    if len(table) == 1:
        del controls["repeat"]
        draw = partial(draw, repeat=1)
    fixed = {"repeat": 1} if len(table) > 1 else {}
    stills = {
        f"up to {measured:,} labels,\n{law}": {"measured": measured, "law": law} | fixed
        for measured, law in (
            (choices[0], forecasts.WITH_FLOOR),
            (choices[-1], forecasts.WITH_FLOOR),
            (choices[-1], forecasts.STRAIGHT),
        )
    }
    return Explorer(draw, controls, stills=stills, width=5.6, height=3.6)
