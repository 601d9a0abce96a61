"""Lesson 06: a budget, and a number of validation pictures, that choose the input size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from course_utils.evaluation.comparison import as_bools, compare_models
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, tick_by_powers
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def size_within(
    seconds: Mapping[int, float], hits: Mapping[int, np.ndarray], budget: float
) -> tuple[int, int]:
    """The most accurate size within the budget, the cheapest if none is, and how many are within.

    Args:
        seconds: Price of each size.
        hits: (N,) bool of each size; the first of several with the same accuracy is taken.
        budget: Seconds.
    """
    within = [size for size, price in seconds.items() if price <= budget]
    options = within or [min(seconds, key=seconds.__getitem__)]
    return max(options, key=lambda size: hits[size].sum()), len(within)


def draw_sizes(
    ax: Axes,
    *,
    seconds: Mapping[int, float],
    hits: Mapping[int, np.ndarray],
    lowest: float,
    budget: float,
    pictures: int,
) -> None:
    """Accuracy of each size over its price, on the first ``pictures`` rows, and the one chosen."""
    seen = {size: rows[:pictures] for size, rows in hits.items()}
    chosen, num_within = size_within(seconds, seen, budget)
    for number, (size, price) in enumerate(sorted(seconds.items(), key=lambda item: item[1])):
        accuracy, ends = seen[size].mean(), wilson_interval(seen[size].sum(), pictures)
        colour, fill = (COLOURS[0], COLOURS[0]) if price <= budget else ("gray", "white")
        if size == chosen:
            colour = fill = COLOURS[1]
        ax.errorbar(
            price, accuracy, yerr=np.abs(np.array(ends)[:, None] - accuracy), capsize=4,
            color=colour, mfc=fill, marker="D" if size == chosen else "o", ms=8,
        )  # fmt: skip
        below = number % 2  # so that neighbours do not cover each other
        ax.annotate(
            f"{size} px", (price, ends[1 - below]), (0, -11 if below else 5),
            textcoords="offset points", ha="center", fontsize=8,
        )  # fmt: skip
    left, right = min(seconds.values()) / 2, max(seconds.values()) * 2
    if num_within < len(seconds):
        ax.axvspan(budget, right, color="gray", alpha=0.15, lw=0, label="dearer than the budget")
        ax.legend(fontsize=8, loc="lower left")
    ax.set(xscale="log", xlim=(left, right), ylim=(lowest, 1.05))
    ax.set(xlabel="seconds from pictures to a head", ylabel="validation accuracy")
    tick_by_powers(ax)
    how = "Chosen" if num_within else "Chosen as the cheapest"
    start = f"Budget {budget:.2g} s: {num_within} of {len(seconds)} sizes within it. {how}"
    _say_choice(ax, seen, chosen, start)


def _say_choice(ax: Axes, seen: Mapping[int, np.ndarray], chosen: int, start: str) -> None:
    rows = seen[chosen]
    low, high = wilson_interval(rows.sum(), len(rows))
    say(
        ax,
        f"{start}: {chosen} px, accuracy {rows.mean():.3f} "
        f"[{low:.3f}, {high:.3f}] on {len(rows)} pictures.",
    )
    others = [size for size in seen if size != chosen]
    if others:
        rival = max(others, key=lambda size: seen[size].sum())
        verdict = compare_models(rows, seen[rival])
        say(
            ax,
            f"The best of the others at any price, {rival} px, has {verdict.accuracy_b:.3f}: "
            f"{verdict.verdict}.",
        )


def explore_sizes(
    seconds: Mapping[int, float], hits: Mapping[int, np.ndarray], limit: float, seed: int = 0
) -> Explorer:
    """Move the budget and the number of validation pictures; see which input size is chosen.

    Args:
        seconds: From pictures to a head, above 0, by pixels a side.
        hits: (N,) bool of the same sizes: whether each validation picture is answered right.
        limit: The lesson's budget, seconds.
        seed: Of the order in which validation pictures are left out.

    Raises:
        ValueError: If the sizes of both differ, or a price is not above 0, or hits are not bool of
            one length.
    """
    if not seconds or list(seconds) != list(hits):
        raise ValueError(f"seconds and hits need the same sizes: {list(seconds)}, {list(hits)}")
    if len({len(rows) for rows in hits.values()}) > 1:
        raise ValueError(f"hits need one length, got {[len(rows) for rows in hits.values()]}")
    if min(*seconds.values(), limit) <= 0:
        raise ValueError(f"seconds must be above 0, got {seconds} and limit {limit}")
    table = as_bools("hits", list(hits.values()), 2)  # (sizes, N)
    count = table.shape[1]
    order = np.random.default_rng(seed).permutation(count)
    hits = dict(zip(hits, table[:, order], strict=True))
    counts = sorted({max(count // part, 1) for part in (10, 4, 2, 1)})
    lows = [wilson_interval(rows[:n].sum(), n)[0] for rows in hits.values() for n in counts]
    draw = partial(draw_sizes, seconds=seconds, hits=hits, lowest=min(lows) - 0.05)
    controls = _controls(seconds, limit, counts)
    own, dearest = controls["budget"].value, max(seconds.values())
    stills = {
        "the lesson's budget": {"budget": own, "pictures": count},
        "any price": {"budget": 2 * dearest, "pictures": count},
        f"any price, {counts[0]} pictures": {"budget": 2 * dearest, "pictures": counts[0]},
    }
    return Explorer(draw, controls, stills=stills, width=4.4)


def _controls(
    seconds: Mapping[int, float], limit: float, counts: list[int]
) -> dict[str, ipywidgets.DOMWidget]:
    ends = (min(seconds.values()) / 2, max(seconds.values()) * 2)
    low, high = map(math.log10, ends)
    budget = ipywidgets.FloatLogSlider(
        value=min(max(limit, ends[0]), ends[1]), min=low, max=high, step=(high - low) / 100,
        description="budget, seconds", readout_format=".2g", continuous_update=False,
    )  # fmt: skip
    pictures = slider_over(counts, "validation pictures", start=counts[-1])
    return {"budget": budget, "pictures": pictures}
