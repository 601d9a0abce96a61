"""The figure of which layer disagrees first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from course_utils.data.plain_text import counted
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import (
    COLOURS,
    LEGEND_LETTERS,
    line_style,
)
from course_utils.learning.guesses import Guess
from course_utils.lessons.keras_and_tensorflow.layer_names import stage_and_kind, words_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUNDING = 1e-5  # what 32 bits may leave between two orders of adding, for numbers up to some tens
LOWEST = 1e-8  # a difference that is drawn; none at all has no place on a logarithmic axis
MOST_TICKS = 40  # names of layers that have room side by side
NAME_LETTERS = 18


def plot_apart(
    differences: Mapping[str, Mapping[str, float]],
    ax: Axes | None = None,
    *,
    rounding: float = ROUNDING,
    guess: Guess | None = None,
) -> Axes:
    """The largest difference from torch after each layer, a line for each Keras network.

    Args:
        differences: By network and layer, the layers in the order of computing, the same in all.
        ax: Axes to draw on.
        rounding: The largest difference that counts as rounding.
        guess: Of the number of the first layer that disagrees, counted from 1; drawn if given.

    Raises:
        ValueError: If there are no networks or too many, they have other layers than the first, or
            a difference is negative or no number.
    """
    layers = _layers_of(differences)
    ax = new_axes(height=4.4) if ax is None else ax
    places = np.arange(1, len(layers) + 1)
    ring = {"ls": "", "marker": "o", "mfc": "none", "mew": 1.8, "ms": 13}
    for number, (name, by_layer) in enumerate(differences.items()):
        apart, style = list(by_layer.values()), line_style(number)
        ax.plot(places, np.maximum(apart, LOWEST), label=as_text(name, LEGEND_LETTERS), **style)
        place = next((k for k, value in enumerate(apart) if value > rounding), None)
        if place is not None:
            ax.plot(places[place], apart[place], mec=style["color"], **ring)
        say(ax, _words_apart(name, apart, layers, place))
    highest = max(max(by_layer.values()) for by_layer in differences.values())
    ax.set_yscale("log")
    ax.set_ylim(LOWEST / 2, 20 * max(highest, 100 * rounding))
    ax.axhspan(LOWEST / 2, rounding, color="0.88", zorder=0, label=f"rounding, up to {rounding:g}")
    if highest > rounding:
        ax.plot([], mec="black", label="first that disagrees", **ring)
    ax.set_ylabel("largest difference from torch")
    _name_layers(ax, layers)
    if guess is not None:
        guess.mark(ax, along="x")
    ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    say(ax, f"Up to {rounding:g} is rounding.")
    return ax


def _layers_of(differences: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The layers that all networks have, after a check that they can be drawn."""
    if not 1 <= len(differences) <= len(COLOURS):
        raise ValueError(
            f"differences must be of 1 to {len(COLOURS)} networks, got {len(differences)}"
        )
    first, *others = map(list, differences.values())
    if not first or any(layers != first for layers in others):
        raise ValueError("each network needs the same layers, at least one, in the same order")
    for name, by_layer in differences.items():
        for layer, value in by_layer.items():
            if not 0 <= value < np.inf:
                raise ValueError(f"{name}: the difference at {layer} must be 0 or above: {value}")
    return first


def _words_apart(
    name: str, apart: Sequence[float], layers: Sequence[str], first: int | None
) -> str:
    last = f"{apart[-1]:.2g} after the last of {counted(len(layers), 'layer')}"
    if first is None:
        return f"{name}: no layer disagrees, {max(apart):.2g} at most, {last}."
    before = f", {apart[first - 1]:.2g} before it" if first else ""
    layer = words_for(layers[first])
    return f"{name}: {layer} disagrees first, by {apart[first]:.2g}{before}; {last}."


def _name_layers(ax: Axes, layers: Sequence[str]) -> None:
    """Kinds of layers below the axis; stages above, with a line where one ends."""
    each = -(-len(layers) // MOST_TICKS)
    stages, kinds = zip(*map(stage_and_kind, layers), strict=True)
    names = [as_text(kind, NAME_LETTERS) for kind in kinds]
    ax.set_xticks(range(1, len(layers) + 1, each), names[::each], rotation=90, fontsize=8)
    ax.grid(axis="x", visible=False)
    start = 0
    for stage, members in groupby(stages):
        end = start + len(list(members))
        if start:
            ax.axvline(start + 0.5, color="0.6", lw=0.8)
        middle = (start + end + 1) / 2
        ax.text(
            middle, 0.98, stage, ha="center", va="top", fontsize=9,
            transform=ax.get_xaxis_transform(),
        )  # fmt: skip
        start = end
    ax.set_xlim(0.3, len(layers) + 0.7)
