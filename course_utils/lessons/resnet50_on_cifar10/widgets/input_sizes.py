"""Lesson 06: what a budget, or fewer validation pictures, would make of the choice of a size."""

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
    work: Mapping[int, float], hits: Mapping[int, np.ndarray], budget: float
) -> tuple[int, int]:
    """The most accurate size within the budget, the cheapest if none is, and how many are within.

    Args:
        work: Price of each size.
        hits: (N,) bool of each size; the first of several with the same accuracy is taken.
        budget: In the unit of the prices.
    """
    within = [size for size, price in work.items() if price <= budget]
    options = within or [min(work, key=work.__getitem__)]
    return max(options, key=lambda size: hits[size].sum()), len(within)


def draw_sizes(
    ax: Axes,
    *,
    work: Mapping[int, float],
    hits: Mapping[int, np.ndarray],
    lowest: float,
    budget: float,
    pictures: int,
) -> None:
    """Accuracy of each size over its price, on the first ``pictures`` rows, and the one chosen."""
    seen = {size: rows[:pictures] for size, rows in hits.items()}
    chosen, num_within = size_within(work, seen, budget)
    for number, (size, price) in enumerate(sorted(work.items(), key=lambda item: item[1])):
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
            f"{size} px", (price, ends[1 - below]), (0, -13 if below else 5),
            textcoords="offset points", ha="center", fontsize=9,
        )  # fmt: skip
    left, right = _ends(work)
    if num_within < len(work):
        ax.axvspan(budget, right, color="gray", alpha=0.15, lw=0, label="above the budget")
        ax.legend(fontsize=9, loc="lower left")
    ax.set(xscale="log", xlim=(left, right), ylim=(lowest, 1.05))
    ax.set(xlabel="million multiply-adds for one picture", ylabel="validation accuracy")
    tick_by_powers(ax)
    how = "Best" if num_within else "Cheapest"
    start = f"Budget {budget:.2g} million: {num_within} of {len(work)} sizes within it. {how}"
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
    work: Mapping[int, float], hits: Mapping[int, np.ndarray], seed: int = 0
) -> Explorer:
    """Move a budget and the number of validation pictures; see which size would be chosen.

    Args:
        work: Million multiply-adds for one picture, above 0, by pixels a side.
        hits: (N,) bool of the same sizes: whether each validation picture is answered right.
        seed: Of the order in which validation pictures are left out.

    Raises:
        ValueError: If the sizes of both differ, or a price is not above 0, or hits are not bool of
            one length.
    """
    if not work or list(work) != list(hits):
        raise ValueError(f"work and hits need the same sizes: {list(work)}, {list(hits)}")
    if len({len(rows) for rows in hits.values()}) > 1:
        raise ValueError(f"hits need one length, got {[len(rows) for rows in hits.values()]}")
    if min(work.values()) <= 0:
        raise ValueError(f"work must be above 0, got {work}")
    table = as_bools("hits", list(hits.values()), 2)  # (sizes, N)
    count = table.shape[1]
    order = np.random.default_rng(seed).permutation(count)
    hits = dict(zip(hits, table[:, order], strict=True))
    counts = sorted({max(count // part, 1) for part in (10, 4, 2, 1)})
    lows = [wilson_interval(rows[:n].sum(), n)[0] for rows in hits.values() for n in counts]
    draw = partial(draw_sizes, work=work, hits=hits, lowest=min(lows) - 0.05)
    dearest = max(work.values())
    stills = {
        "any price": {"budget": 2 * dearest, "pictures": count},
        "a sixth of the highest price": {"budget": dearest / 6, "pictures": count},
        f"any price, {counts[0]} pictures": {"budget": 2 * dearest, "pictures": counts[0]},
    }
    return Explorer(draw, _controls(work, counts), stills=stills, width=4.4)


def _controls(work: Mapping[int, float], counts: list[int]) -> dict[str, ipywidgets.DOMWidget]:
    low, high = map(math.log10, _ends(work))
    budget = ipywidgets.FloatLogSlider(
        value=10**high, min=low, max=high, step=(high - low) / 100,
        description="budget, millions", readout_format=".2g", continuous_update=False,
    )  # fmt: skip
    pictures = slider_over(counts, "validation pictures", start=counts[-1])
    return {"budget": budget, "pictures": pictures}


def _ends(work: Mapping[int, float]) -> tuple[float, float]:
    return min(work.values()) / 2, max(work.values()) * 2
