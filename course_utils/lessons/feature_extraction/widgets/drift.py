"""What moves with steps in train mode: the averages of batch norm, and heads that stand on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from course_utils.figures.axes import say
from course_utils.figures.plots import line_style
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_drift(
    axes: Sequence[Axes],
    steps: int,
    batches: str,
    *,
    stops: Sequence[int],
    drifts: Mapping[str, Sequence[Mapping[str, Sequence[float]]]],
    accuracies: Mapping[str, Mapping[str, Sequence[float]]],
) -> None:
    """How far each layer's statistics have drifted, and what heads on them are worth.

    Args:
        axes: Two, for the layers and for the heads.
        steps: One of ``stops``.
        batches: Kind of batches, a name in ``drifts``.
        stops: Steps in train mode, ascending, (S,).
        drifts: By kind, at each stop: by name of the statistic, the drift of each layer in old
            standard deviations.
        accuracies: By kind: by name of the head, the accuracy at each stop.
    """
    left, right = axes
    place = list(stops).index(steps)
    largest = []
    for number, (name, layers) in enumerate(drifts[batches][place].items()):
        left.plot(range(1, len(layers) + 1), layers, label=name, **line_style(number))
        worst = int(np.argmax(layers))
        largest.append(f"of the {name} {layers[worst]:.2g} in layer {worst + 1}")
    say(left, f"Steps {steps}, batches of {batches}: largest drift {', '.join(largest)}.")
    every = [v for kind in drifts.values() for stop in kind for v in stop.values()]
    left.set(xlabel="batch norm layer", ylabel="drift (old std. deviations)")
    left.set_ylim(0, 1.05 * max(np.max(every), 1e-6))
    left.legend(fontsize=8, loc="upper left")
    for number, (name, values) in enumerate(accuracies[batches].items()):
        right.plot(range(len(stops)), values, label=name, **line_style(number + 2))
        right.plot(place, values[place], "o", ms=11, mfc="none", mec="black")
        say(right, f"Accuracy of the head {name}: {values[place]:.3f}.")
    right.set(xlabel="steps in train mode", ylabel="accuracy", ylim=(0, 1.05))
    right.set_xticks(range(len(stops)), stops)  # a log scale has no place for step 0
    right.legend(fontsize=8, loc="center left")


def explore_drift(
    stops: Sequence[int],
    drifts: Mapping[str, Sequence[Mapping[str, Sequence[float]]]],
    accuracies: Mapping[str, Mapping[str, Sequence[float]]],
) -> Explorer:
    """Steps in train mode and kind of batches; still, every kind after the last step.

    Args:
        stops: Steps in train mode, ascending, (S,).
        drifts: By kind, at each stop: by name of the statistic, the drift of each layer in old
            standard deviations.
        accuracies: By kind: by name of the head, the accuracy at each stop.

    Raises:
        ValueError: If the kinds differ, or one has another number of stops.
    """
    if list(drifts) != list(accuracies):
        raise ValueError(f"drifts are of {list(drifts)}, accuracies of {list(accuracies)}")
    for kind, heads in accuracies.items():
        sizes = {"drifts": len(drifts[kind])} | {name: len(heads[name]) for name in heads}
        for name, size in sizes.items():
            if size != len(stops):
                raise ValueError(f"{kind!r} has {size} {name!r} for {len(stops)} stops")
    controls = {
        "steps": slider_over(stops, "steps in train mode"),
        "batches": ipywidgets.Dropdown(options=list(drifts), description="batches"),
    }
    stills = {f"batches of {kind}": {"steps": stops[-1], "batches": kind} for kind in drifts}
    shared = {"stops": stops, "drifts": drifts, "accuracies": accuracies}
    draw = partial(draw_drift, **shared)
    return Explorer(draw, controls, stills=stills, columns=2, width=4.0, height=2.6)
