"""What moves in the lesson on pretraining: the learning rate, and the picture to look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.figures.axes import say
from course_utils.figures.plots import plot_curves, plot_images
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_SIZE = 12  # points, of the names under pictures


def draw_rate(
    ax: Axes,
    rate: float,
    *,
    losses: Mapping[float, Sequence[float]],
    steps: Sequence[int],
    chance: float,
) -> None:
    """The loss curve of one learning rate, the others in grey behind it.

    Args:
        ax: Axes to draw on; it ends at twice ``chance``, whatever the losses do.
        rate: One of the rates in ``losses``.
        losses: Training losses in nats after each of ``steps``, by learning rate.
        steps: Places of the curves.
        chance: Loss of blind guessing in nats, ln K.
    """
    top = 2 * chance
    for number, other in enumerate(losses):
        label = "other rates" if number == 0 else None
        ax.plot(steps, losses[other], color="0.8", lw=1, label=label)
    curve = {f"rate {rate:.2g}": losses[rate]}
    plot_curves(curve, x=steps, x_label="step", y_label="training loss (nats)", ax=ax)
    ax.axhline(chance, color="grey", ls=":", label="ln K")
    ax.set_ylim(0, top)
    ax.legend(fontsize=8, loc="upper right")
    highest, last = max(losses[rate]), losses[rate][-1]
    if highest > top:
        say(ax, f"It leaves the picture: up to {highest:.3g}.")
    side = "below" if last < chance else "above"
    say(ax, f"It ends {abs(last - chance):.2f} {side} ln K = {chance:.2f}, blind guessing.")


def explore_rates(
    losses: Mapping[float, Sequence[float]], steps: Sequence[int], chance: float
) -> Explorer:
    """A slider over learning rates that were tried; the still version shows three of them.

    Args:
        losses: Training losses in nats after each of ``steps``, by learning rate, ascending.
        steps: Places of the curves.
        chance: Loss of blind guessing in nats, ln K.

    Raises:
        ValueError: If there are fewer than two rates, or a curve has another length than ``steps``.
    """
    rates = list(losses)
    if len(rates) < 2:
        raise ValueError(f"a slider needs two learning rates or more, got {rates}")
    for rate, curve in losses.items():
        if len(curve) != len(steps):
            raise ValueError(f"rate {rate:g} has {len(curve)} losses for {len(steps)} steps")
    middle = rates[len(rates) // 2]
    slider = slider_over(rates, "learning rate", form="{:.2g}".format)
    return Explorer(
        partial(draw_rate, losses=losses, steps=steps, chance=chance),
        {"rate": slider},
        stills={f"rate {rate:.2g}": {"rate": rate} for rate in (rates[0], middle, rates[-1])},
        width=3.9,
    )


def draw_neighbours(
    ax: Axes,
    query: int,
    *,
    queries: Tensor,
    names: Sequence[str],
    known: LabelledImages,
    found: Mapping[str, Tensor],
) -> None:
    """One picture and its nearest known ones, a row for each way to measure distance.

    Args:
        ax: Axes to draw on.
        query: Place of the picture in ``queries``.
        queries: (Q, C, H, W), values 0 to 1.
        names: Q names; one that ``known`` has no class for is never counted as right.
        known: Pictures among which the neighbours are.
        found: Places in ``known``, nearest first, (Q, k) int64, by way of measuring.
    """
    name, pictures, titles, sentences = names[query], [], [], []
    for way, places in found.items():
        nearest = known[places[query]]
        answers = [known.class_names[label] for label in nearest.labels]
        pictures += [queries[query], *nearest.images]
        titles += [name, *(f"{answer} ✓" if answer == name else answer for answer in answers)]
        right = f", {answers.count(name)} of {len(answers)} are {name}"
        counted = right if name in known.class_names else ""
        sentences.append(f"Nearest by {way}: {' '.join(answers)}{counted}.")
    what = f"{name} and its {len(answers)} nearest, first by {', then by '.join(found)}"
    plot_images(torch.stack(pictures), titles, columns=1 + len(answers), what=what, ax=ax)
    for text in ax.texts:
        text.set_fontsize(LABEL_SIZE)
    pitch = ax.images[0].get_array().shape[0] / len(found)
    for row, way in enumerate(found):
        middle = row * pitch + queries.shape[2] / 2
        ax.text(-1, middle, way, ha="right", va="center", fontsize=LABEL_SIZE)
    say(ax, " ".join(sentences))


def explore_neighbours(
    queries: Tensor, names: Sequence[str], known: LabelledImages, found: Mapping[str, Tensor]
) -> Explorer:
    """A list of pictures to look up; still, where most and least is gained, and a stranger.

    Args:
        queries: (Q, C, H, W), values 0 to 1.
        names: Q different names: classes of ``known``, or of strangers that it has no class for.
        known: Pictures among which the neighbours are.
        found: Places in ``known``, nearest first, (Q, k) int64, by way of measuring. The first is
            the one that should gain over the last.

    Raises:
        ValueError: If numbers of pictures, names and rows of places differ.
    """
    sizes = {"names": len(names)} | {way: len(places) for way, places in found.items()}
    for what, size in sizes.items():
        if size != len(queries):
            raise ValueError(f"{what!r} has {size} entries for {len(queries)} pictures")
    choice = ipywidgets.Dropdown(
        options=[(name, number) for number, name in enumerate(names)],
        description="picture to look up",
    )
    return Explorer(
        partial(draw_neighbours, queries=queries, names=names, known=known, found=found),
        {"query": choice},
        stills=_telling_queries(names, known, found),
        width=3.8,
        height=2.1,
    )


def _telling_queries(
    names: Sequence[str], known: LabelledImages, found: Mapping[str, Tensor]
) -> dict[str, dict[str, int]]:
    """Where the first way gains most over the last, where least, and a stranger."""
    familiar = [number for number, name in enumerate(names) if name in known.class_names]
    strangers = [number for number in range(len(names)) if number not in familiar]
    first, *_, last = found

    def gain(query: int) -> int:
        own = known.class_names.index(names[query])
        count = {way: (known.labels[places[query]] == own).sum() for way, places in found.items()}
        return int(count[first] - count[last])

    stills = {}
    if familiar:
        best, worst = max(familiar, key=gain), min(familiar, key=gain)
        stills = {f"{first} gain most": {"query": best}, f"{first} gain least": {"query": worst}}
    for number in strangers[-1:]:
        stills[f"{names[number]}, an unknown class"] = {"query": number}
    return stills
