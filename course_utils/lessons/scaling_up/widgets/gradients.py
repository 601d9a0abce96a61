"""Lesson 13: which moves a gradient further, fewer pictures or fewer bits?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import torch
from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, LINES, MARKERS
from course_utils.lessons.scaling_up.widgets.batch_gradients import (
    PRECISIONS,
    BatchGradients,
    measure,
)
from course_utils.models.classifier import Classifier
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 5.0, 3.7  # inches of one of two axes
LEAST = 1e-7  # an error that is drawn; below it only rounding is left
TASK = "<p>Choose the batch and the precision. Which of the two moves the gradient further?</p>"


def draw_gradients(
    axes: Sequence[Axes], *, measured: BatchGradients, precision: str, size: int
) -> None:
    """Gradients of batches as arrows beside the true one, and errors over all batch sizes.

    Args:
        axes: Two.
        measured: Gradients of all sizes in both precisions.
        precision: One of ``PRECISIONS``.
        size: Pictures in a batch, one of the measured sizes.
    """
    draw_arrows(axes[0], measured, precision, size)
    draw_errors(axes[1], measured, precision, size)
    lengths, angles = measured.lengths(precision, size), measured.angles(precision, size)
    errors, moved = measured.errors(precision, size), measured.moved[size]
    batches = f"{len(lengths)} batches of {counted(size, 'picture')}"
    if size == measured.sizes[-1]:
        batches = f"the batch of all {counted(size, 'picture')}"
    say(
        axes[0],
        f"In {precision}, {batches}: length {lengths.min():.3f} to {lengths.max():.3f} of the true "
        f"gradient's, angle to it {angles.mean():.2g} degrees in the mean, error "
        f"{errors.mean():.2g} of its length. On the same batch, bfloat16 and float32 are "
        f"{moved.mean():.2g} of its length apart; float32 has an error of "
        f"{measured.errors('float32', size).mean():.2g}.",
    )


def draw_arrows(ax: Axes, measured: BatchGradients, precision: str, size: int) -> None:
    """The true gradient and those of all batches, in the plane of length and angle."""
    chosen = measured.places[precision][size].numpy()  # (draws, 2)
    number = list(PRECISIONS).index(precision)
    if precision != "float32":
        full = measured.places["float32"][size].numpy()
        ring = {"ls": "", "marker": "o", "mfc": "none", "mec": COLOURS[0], "ms": 10}
        ax.plot(*full.T, label="float32, the same batches", **ring)
    for along, across in chosen:
        ax.plot([0, along], [0, across], color=COLOURS[number], lw=0.8, alpha=0.5)
    style = {"color": COLOURS[number], "marker": MARKERS[number], "ms": 5, "ls": ""}
    ax.plot(*chosen.T, label=f"{precision}, batch of {size}", **style)
    ax.annotate(
        "", (1, 0), (0, 0), arrowprops={"arrowstyle": "-|>", "lw": 2, "shrinkA": 0, "shrinkB": 0}
    )
    ax.plot([], color="black", lw=2, label="true gradient, of all pictures")
    left, right, top = _ends(measured)
    # Equal scales, so that angles are what they look like, and room for the legend on the right.
    ax.set(xlim=(left - 0.1, max(right + 0.2, left + 1.9 * top)), ylim=(-0.1 * top, 1.2 * top))
    ax.set_aspect("equal")
    ax.set(xlabel="along the true gradient", ylabel="across it")
    ax.legend(fontsize=8, loc="upper right")


def _ends(measured: BatchGradients) -> tuple[float, float, float]:
    """How far left, right and up any gradient goes: a figure for all settings."""
    places = [place for by_size in measured.places.values() for place in by_size.values()]
    along, across = torch.cat(places).T
    return min(0.0, along.min().item()), max(1.0, along.max().item()), across.max().item()


def draw_errors(ax: Axes, measured: BatchGradients, precision: str, size: int) -> None:
    """Mean error over batch size in both precisions, and what bfloat16 alone does."""
    sizes = measured.sizes
    for number, name in enumerate(PRECISIONS):
        errors = [max(LEAST, measured.errors(name, each).mean().item()) for each in sizes]
        look = {"color": COLOURS[number], "marker": MARKERS[number], "ls": LINES[number]}
        ax.plot(sizes, errors, label=f"{name}, from the true one", ms=6 - 2 * number, **look)
        if name == precision:
            ring = {"ls": "", "marker": "o", "mfc": "none", "mec": "black", "mew": 1.8, "ms": 13}
            ax.plot([size], [errors[sizes.index(size)]], **ring)
    moved = [measured.moved[each].mean().item() for each in sizes]
    ax.plot(sizes, moved, color="0.4", marker="^", ls=":", ms=4, label="bfloat16 from float32")
    ax.set(xscale="log", yscale="log", ylim=(LEAST / 2, 300))
    ax.set_xticks(sizes, [*map(str, sizes[:-1]), f"all\n{sizes[-1]}"])
    ax.minorticks_off()
    ax.set(xlabel="pictures in a batch", ylabel="error, share of the true length")
    ax.legend(fontsize=8, loc="upper right")


def explore_gradients(model: Classifier, images: Tensor, labels: Tensor) -> Explorer:
    """Controls for precision and batch: how far is a batch's gradient from that of all pictures?

    All gradients are computed first, in about two seconds for the workbook's own network and 359
    digits; a larger network needs fewer pictures.

    Args:
        model: With a head for the labels; batch norm is held.
        images: (N, C, H, W), some hundreds.
        labels: (N,).

    Raises:
        ValueError: If there are fewer than 9 pictures, or not as many labels.
    """
    measured = measure(model, images, labels)
    controls = {
        "precision": ipywidgets.ToggleButtons(options=list(PRECISIONS), description="precision"),
        "size": slider_over(measured.sizes, "pictures in a batch", form=lambda size: f"{size:,}"),
    }
    stills = {
        f"{precision}, batch of {size}": {"precision": precision, "size": size}
        for precision, size in (
            ("float32", measured.sizes[0]),
            ("bfloat16", measured.sizes[0]),
            ("bfloat16", measured.sizes[-1]),
        )
    }
    draw = partial(draw_gradients, measured=measured)
    explorer = Explorer(draw, controls, stills=stills, columns=2, width=WIDTH, height=HEIGHT)
    explorer.box.children = (ipywidgets.HTML(TASK), *explorer.box.children)
    return explorer
