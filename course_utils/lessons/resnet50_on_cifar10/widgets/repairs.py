"""Lesson 06: the repairs of the classic recipe, switched on and off one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import ipywidgets
import numpy as np

from course_utils.evaluation.comparison import as_bools, compare_models
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, MARKERS, tick_by_powers
from course_utils.learning.guesses import Guess
from course_utils.widgets.explorer import Explorer

REPAIRS = ("frozen for sure", "features once", "head converged", "size chosen")
NEEDS_FROZEN = {"features once": "the features of a backbone that moves are no constant"}
NONE_ON, ALL_ON = (False,) * len(REPAIRS), (True,) * len(REPAIRS)
ONLY_SIZE = (*NONE_ON[:-1], True)


@dataclass(frozen=True)
class Version:
    """A recipe with some of its repairs: its answers on validation pictures, and its work."""

    hits: np.ndarray  # (N,) bool, whether each answer is right
    work: float  # multiply-adds of learning


def draw_repairs(
    axes: np.ndarray,
    *,
    versions: Mapping[tuple[bool, ...], Version],
    guessed: Guess | None = None,
    **switches: bool,
) -> None:
    """Accuracy and work as written, with the repairs that are on, and with all of them."""
    on = tuple(switches[name] for name in REPAIRS)
    rows = {"as written": NONE_ON, "this version": on, "all repairs": ALL_ON}
    recipe = versions[NONE_ON].work
    prices = [version.work / recipe for version in versions.values()]
    for place, (name, key) in enumerate(rows.items()):
        if key in versions:
            _draw_version(axes, place, versions[key], recipe, own=name == "this version")
        else:
            axes[0].text(0.02, place, "there is no such version", va="center")
    labels = "validation accuracy", "work, times the recipe's"
    for ax, label in zip(axes, labels, strict=True):
        ax.set_yticks(range(len(rows)), list(rows))
        ax.set(xlabel=label, ylim=(2.6, -0.6))
    axes[0].set_xlim(0, 1)
    axes[1].set(xscale="log", xlim=(min(prices) / 2, max(prices) * 2))
    tick_by_powers(axes[1])
    say(axes[0], "On: " + (", ".join(n for n in REPAIRS if switches[n]) or "nothing") + ".")
    if on not in versions:
        (name, why), *_ = [item for item in NEEDS_FROZEN.items() if switches[item[0]]]
        say(axes[0], f"There is no such version: {name} needs {REPAIRS[0]}, since {why}.")
        return
    _say_version(axes, versions[on], versions[NONE_ON], as_written=on == NONE_ON)
    if guessed is not None and on == ONLY_SIZE:
        guessed.mark(axes[0], truth=versions[on].hits.mean(), along="x")


def _draw_version(
    axes: np.ndarray, place: int, version: Version, recipe: float, *, own: bool
) -> None:
    style = {"color": COLOURS[1], "hatch": "//"} if own else {"color": COLOURS[0]}
    accuracy = version.hits.mean()
    ends = np.array(wilson_interval(version.hits.sum(), len(version.hits)))
    error = np.abs(ends[:, None] - accuracy)
    axes[0].barh(place, accuracy, xerr=error, capsize=4, alpha=0.8, **style)
    # A dot, as on a logarithmic scale the length of a bar means nothing.
    marker = MARKERS[1] if own else MARKERS[0]
    axes[1].plot(version.work / recipe, place, marker=marker, color=style["color"], ms=9)


def _say_version(axes: np.ndarray, version: Version, recipe: Version, *, as_written: bool) -> None:
    low, high = wilson_interval(version.hits.sum(), len(version.hits))
    accuracy = f"Validation accuracy {version.hits.mean():.3f} [{low:.3f}, {high:.3f}]"
    if not as_written:
        verdict = compare_models(version.hits, recipe.hits)
        accuracy += f", {verdict.difference:+.3f} against the recipe: {verdict.verdict}"
    say(axes[0], accuracy + ".")
    say(axes[1], f"Work: {_short(version.work / recipe.work)} times the recipe's.")


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def explore_repairs(
    versions: Mapping[tuple[bool, ...], Version], guessed: Guess | None = None
) -> Explorer:
    """Switch each repair on and off; see accuracy and work of that version.

    Args:
        versions: By whether each of ``REPAIRS`` is on, in their order. What needs a frozen backbone
            and has none is left out; all else must be there.
        guessed: Accuracy of the version with nothing but the size repaired, drawn with that one.

    Raises:
        ValueError: If a version is missing, or the answers are not bool of one length.
    """
    for key in np.ndindex((2,) * len(REPAIRS)):
        on = tuple(map(bool, key))
        exists = on[0] or not any(on[REPAIRS.index(name)] for name in NEEDS_FROZEN)
        if exists != (on in versions):
            raise ValueError(f"{'no' if exists else 'a'} version for the repairs {on}")
    lengths = {len(version.hits) for version in versions.values()}
    if len(lengths) > 1:
        raise ValueError(f"all versions need the same pictures, got {sorted(lengths)} of them")
    as_bools("hits", [version.hits for version in versions.values()], 2)
    controls = {name: ipywidgets.Checkbox(description=name, indent=False) for name in REPAIRS}
    sets = {
        "only the size chosen": ["size chosen"],
        "only the head converged": ["head converged"],
        "frozen, features once, head converged": list(REPAIRS[:3]),
        "all repairs but the head": [name for name in REPAIRS if name != "head converged"],
    }
    stills = {title: {name: name in some for name in REPAIRS} for title, some in sets.items()}
    draw = partial(draw_repairs, versions=versions, guessed=guessed)
    return Explorer(draw, controls, stills=stills, columns=2, height=2.0)
