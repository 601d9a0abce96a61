"""Lesson 10: an adapter is turned off, on and beyond, and what that does to new and old text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from course_utils.figures.axes import say
from course_utils.figures.plots import line_style
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OFF, LEARNED = 0, 1  # strengths
MARGIN = 0.15  # above, below and beside the curves, share of what they span


def state_of(strength: float) -> str:
    """What an adapter of that strength does, in words."""
    if strength == OFF:
        return "off, the base answers"
    if strength == LEARNED:
        return "as it was learned, the same as merging it once"
    if strength < LEARNED:
        return "less than was learned"
    if strength == int(strength):
        times = "twice" if strength == 2 else f"{strength:g} times"
        return f"the same as merging it {times}"
    return "more than was learned"


def draw_adapter(
    ax: Axes, *, curves: dict[str, np.ndarray], strengths: np.ndarray, strength: float
) -> None:
    """Bits per byte of both texts by strength, and the values at one strength.

    Args:
        ax: To draw on.
        curves: By the name of the text, each (S,).
        strengths: (S,), ascending.
        strength: One of them.
    """
    place = int(np.flatnonzero(strengths == strength)[0])
    highest = max(curves, key=lambda name: curves[name][place])
    for number, (name, values) in enumerate(curves.items()):
        style = line_style(number)
        ax.plot(strengths, values, label=name, **style)
        ax.plot(strength, values[place], color=style["color"], marker=style["marker"], ms=10)
        above = name == highest
        ax.annotate(
            f"{values[place]:.3f}", (strength, values[place]), (0, 10 if above else -10),
            textcoords="offset points", ha="center", va="bottom" if above else "top",
            color=style["color"], fontsize=9, fontweight="bold",
            bbox={"facecolor": "white", "alpha": 0.85, "pad": 0.5, "lw": 0},
        )  # fmt: skip
        if above:
            highest = ""  # where both are the same, the first one alone
    ax.axvline(strength, color="grey", lw=0.8, zorder=1.5)
    _set_limits(ax, strengths, np.concatenate(list(curves.values())))
    ax.set(xlabel="strength of the adapter", ylabel="bits per byte")
    ax.legend(fontsize=8, loc="upper left")
    _say_strength(ax, curves, strengths, place)


def _set_limits(ax: Axes, strengths: np.ndarray, values: np.ndarray) -> None:
    """The same at each strength, with room for numbers at all of them."""
    for limit, data in ((ax.set_xlim, strengths), (ax.set_ylim, values)):
        room = MARGIN * float(np.ptp(data)) or MARGIN
        limit(data.min() - room, data.max() + room)


def _say_strength(
    ax: Axes, curves: dict[str, np.ndarray], strengths: np.ndarray, place: int
) -> None:
    off = int(np.flatnonzero(strengths == OFF)[0])
    each = []
    for name, values in curves.items():
        words = f"{values[place]:.3f} on the {name}"
        if place != off:
            words += f" ({values[place] - values[off]:+.3f} against off)"
        each.append(words)
    strength = strengths[place]
    say(ax, f"Strength {strength:g}, {state_of(strength)}: bits per byte {' and '.join(each)}.")


def explore_adapter(
    strengths: Sequence[float], new_text: Sequence[float], old_text: Sequence[float]
) -> Explorer:
    """A slider for the strength of an adapter: what is won on new text, and lost on old?

    Args:
        strengths: Those of one recorded run, ascending, 0 (off) and 1 (as learned) among them.
        new_text: Bits per byte at each, on text of the kind that the adapter learned.
        old_text: The same on text of the kind that the base learned.

    Raises:
        ValueError: If numbers do not belong together, are not finite, or not as said above.
    """
    places = np.asarray(strengths, dtype=float)
    curves = {
        "new text": np.asarray(new_text, dtype=float),
        "old text": np.asarray(old_text, dtype=float),
    }
    if any(values.shape != places.shape for values in curves.values()) or places.ndim != 1:
        counts = f"{len(strengths)}, {len(new_text)} and {len(old_text)}"
        raise ValueError(f"strengths, new_text and old_text must be as many, got {counts}")
    if not all(np.isfinite(values).all() for values in (places, *curves.values())):
        raise ValueError("strengths and bits per byte must be finite numbers")
    if (np.diff(places) <= 0).any() or places.min(initial=0) < 0:
        raise ValueError(f"strengths must ascend from 0, got {list(strengths)}")
    if not {OFF, LEARNED} <= set(places):
        raise ValueError(f"strengths must hold 0 (off) and 1 (as learned), got {list(strengths)}")
    slider = slider_over(places.tolist(), "strength", start=float(LEARNED), form="{:g}".format)
    third = 2.0 if 2 in places else places[-1].item()
    stills = {
        f"strength {strength:g}": {"strength": strength}
        for strength in (float(OFF), float(LEARNED), third)
    }
    draw = partial(draw_adapter, curves=curves, strengths=places)
    return Explorer(draw, {"strength": slider}, stills=stills, width=3.8, height=3.2)
