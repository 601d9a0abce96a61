"""What moves in the lesson on feature extraction: labels per class, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.scores import SHARES
from course_utils.figures.axes import say
from course_utils.figures.plots import draw_interval
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def labels_needed(sizes: ArrayLike, accuracies: ArrayLike, target: float) -> float:
    """Labels at which a learning curve first reaches ``target``.

    Args:
        sizes: Labels per class, ascending, (S,).
        accuracies: Accuracy at each of them, (S,).
        target: Accuracy to reach.

    Returns:
        Labels per class, on a straight line between two sizes, labels on a log scale; the first
        size if that is enough; infinity if no size is.
    """
    reached = np.flatnonzero(np.asarray(accuracies) >= target)
    if len(reached) == 0:
        return np.inf
    last = reached[0]
    if last == 0:
        return float(sizes[0])
    two = slice(last - 1, last + 1)
    return np.exp(np.interp(target, accuracies[two], np.log(sizes[two])))


def draw_labels(
    ax: Axes,
    labels: int,
    features: str,
    *,
    sizes: Sequence[int],
    scores: Mapping[str, np.ndarray],
    baseline: str,
    num_classes: int,
) -> None:
    """Two learning curves, and from one of them an arrow to where the other is as good.

    Args:
        ax: Axes to draw on.
        labels: One of ``sizes``.
        features: Entry of ``scores`` whose worth is read.
        sizes: Labels per class, ascending, (S,).
        scores: Accuracies, each (draws, S).
        baseline: Entry of ``scores`` that it is compared with.
        num_classes: Classes, for the labels saved in all of them.
    """
    place = list(sizes).index(labels)
    at = {name: _draw_curve(ax, name, sizes, scores, place) for name in (features, baseline)}
    targets = scores[features][:, place]
    needed = [
        labels_needed(sizes, curve, target)
        for curve, target in zip(scores[baseline], targets, strict=True)
    ]
    median = float(np.median(needed))
    end, height = min(median, sizes[-1]), float(targets.mean())
    ax.annotate("", (end, height), (labels, height), arrowprops={"arrowstyle": "->", "lw": 1.5})
    _set_up_axes(ax, sizes, scores)
    say(ax, f"Labels per class {labels}: {at[features]}; {at[baseline]}.")
    say(ax, _worth_in_words(labels, needed, sizes, baseline, num_classes))


def explore_labels(
    sizes: Sequence[int],
    scores: Mapping[str, np.ndarray],
    *,
    few: int,
    num_classes: int,
    baseline: str = "pixels",
) -> Explorer:
    """Labels per class and kind of features; the still version shows three settings.

    Args:
        sizes: Labels per class, ascending, (S,).
        scores: Test accuracies by kind of input, each (draws, S), two draws or more.
        few: Labels per class at which to begin; the nearest of ``sizes`` is taken.
        num_classes: Classes, for the labels saved in all of them.
        baseline: The kind of input that the others are compared with.

    Raises:
        ValueError: If ``baseline`` is missing or alone, or a table has another number of sizes.
    """
    others = [name for name in scores if name != baseline]
    if baseline not in scores or not others:
        raise ValueError(f"scores need {baseline!r} and another, got {', '.join(scores)}")
    for name, table in scores.items():
        if np.ndim(table) != 2 or len(table) < 2 or np.shape(table)[1] != len(sizes):
            raise ValueError(f"{name!r} has scores {np.shape(table)} for {len(sizes)} sizes")
    near = min(sizes, key=lambda size: abs(size - few))
    controls = {
        "labels": slider_over(sizes, "labels per class", start=near),
        "features": ipywidgets.Dropdown(options=others, description="features"),
    }
    above = [size for size in sizes if size > near] or [near]
    settings = [(others[0], near), (others[0], above[len(above) // 2]), (others[-1], near)]
    stills = {f"{n}, {m} per class": {"labels": m, "features": n} for n, m in settings}
    draw = partial(
        draw_labels, sizes=sizes, scores=scores, baseline=baseline, num_classes=num_classes
    )
    return Explorer(draw, controls, stills=stills, width=3.8)


def _draw_curve(
    ax: Axes, name: str, sizes: Sequence[int], scores: Mapping[str, np.ndarray], place: int
) -> str:
    """Mean and interval over draws in the style of that entry; in words at one place."""
    number = list(scores).index(name)
    mean, low, high = draw_interval(ax, sizes, scores[name], name, number, SHARES)
    return f"{name} {mean[place]:.3f} [{low[place]:.3f}, {high[place]:.3f}]"


def _set_up_axes(ax: Axes, sizes: Sequence[int], scores: Mapping[str, np.ndarray]) -> None:
    """The same limits for every setting: those of all the scores."""
    everything = np.concatenate([np.ravel(table) for table in scores.values()])
    ax.set(xscale="log", xlabel="labels per class", ylabel="test accuracy")
    ax.set(xlim=(sizes[0] / 1.2, sizes[-1] * 1.2), ylim=(everything.min() - 0.05, 1.01))
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.legend(fontsize=8, loc="lower right")


def _worth_in_words(
    labels: int, needed: Sequence[float], sizes: Sequence[int], baseline: str, num_classes: int
) -> str:
    """What the baseline needs, median and range of the draws, and what is saved by that."""
    median, low, high = np.median(needed), min(needed), max(needed)
    most = "at most " if median == sizes[0] else ""
    range_ = f"[{low:.3g}, {high:.3g}]"
    text = f"For the same, {baseline} need {most}{median:.3g} labels per class {range_}"
    if np.isinf(median):
        return f"For the same, {baseline} need more than {sizes[-1]} labels per class."
    saved = (median - labels) * num_classes
    kind = "saved" if saved >= 0 else "lost"
    return f"{text}: {abs(saved):.0f} labels {kind} in all {num_classes} classes."
