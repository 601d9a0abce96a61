"""The lesson's own figures: cells and what they learn, where a detector looks, loss by term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.figures.axes import new_axes, say
from course_utils.figures.boxes import TRUTH, draw_box, draw_picture
from course_utils.figures.plots import COLOURS
from course_utils.models.detection.cells import cell_centres

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_cells(pictures: BoxedPictures, owners: Sequence[Tensor], stride: int) -> np.ndarray:
    """Pictures with their grid of cells; each cell that learns a box points to its four sides.

    Args:
        pictures: N of them.
        owners: N of (h, w), int64: which box a cell learns, or -1.
        stride: Pixels a side of a cell.
    """
    axes = new_axes(len(pictures), width=9.8 / len(pictures), height=9.8 / len(pictures))
    num_learn = 0
    for place, ax in enumerate(np.atleast_1d(axes).flat):
        draw_picture(ax, pictures.images[place])
        height, width = (side * stride for side in owners[place].shape)
        ax.set(xticks=range(0, width + 1, stride), yticks=range(0, height + 1, stride))
        ax.tick_params(labelsize=7)
        ax.grid(visible=True, color="grey", lw=0.4, alpha=0.8)
        ax.set_axisbelow(False)
        for box, label in zip(pictures.boxes[place], pictures.labels[place], strict=True):
            draw_box(ax, box, TRUTH, "-", pictures.class_names[label])
        centres = cell_centres(*owners[place].shape, stride)
        for row, column in (owners[place] >= 0).nonzero().tolist():
            num_learn += 1
            x, y = centres[row, column].tolist()
            box = pictures.boxes[place][owners[place][row, column]].tolist()
            ax.plot([box[0], box[2]], [y, y], color=COLOURS[1], lw=0.9)
            ax.plot([x, x], [box[1], box[3]], color=COLOURS[1], lw=0.9)
            ax.plot(x, y, "o", color=COLOURS[1], ms=3.5)
    num_cells = sum(owner.numel() for owner in owners)
    say(np.atleast_1d(axes).flat[0], f"{num_learn} of {num_cells} cells learn a box.")
    return axes


def plot_attention(pictures: BoxedPictures, scores: Tensor) -> np.ndarray:
    """Each picture, and beside it how sure the surest class is in each cell.

    Args:
        pictures: N of them, of one size.
        scores: (N, K, h, w), from 0 to 1.
    """
    surest = scores.amax(dim=1, keepdim=True)  # (N, 1, h, w)
    axes = new_axes(len(pictures), rows=2, width=9.8 / len(pictures), height=9.8 / len(pictures))
    axes = np.asarray(axes).reshape(2, len(pictures))
    for place, (above, below) in enumerate(axes.T):
        draw_picture(above, pictures.images[place])
        for box, label in zip(pictures.boxes[place], pictures.labels[place], strict=True):
            draw_box(above, box, TRUTH, "-", pictures.class_names[label])
        height, width = pictures.images[place].shape[-2:]
        heat = F.interpolate(surest[place : place + 1], (height, width), mode="nearest")[0, 0]
        below.imshow(heat.numpy(), extent=(0, width, height, 0), cmap="viridis", vmin=0, vmax=1)
        for box in pictures.boxes[place]:
            draw_box(below, box, "white", ":")
        below.set_axis_off()
    inside, outside = _inside_and_outside(pictures, surest)
    say(
        axes[0, 0],
        f"Above the pictures, below the surest class of each cell, from 0 (dark) to 1 (bright): "
        f"{inside:.2f} on average in the surest cell of each box, {outside:.2f} in cells outside "
        "all boxes.",
    )
    return axes


def plot_precision(recall: ArrayLike, precision: ArrayLike, monotone: ArrayLike) -> Axes:
    """Precision against recall for a ranked list, and what the rules make of it.

    Args:
        recall: (n,), after each detection.
        precision: (n,), the same.
        monotone: (n,), the highest precision at this recall or beyond.
    """
    ax = new_axes()
    ax.plot(recall, precision, "o-", color=COLOURS[1], label="after each detection")
    look = {"where": "pre", "color": COLOURS[0], "label": "highest at this recall or beyond"}
    start = [0] * (len(recall) > 0)  # the list may be empty
    ax.step(np.r_[start, recall], np.r_[monotone[:1], monotone], "--", **look)
    ax.set(xlabel="recall", ylabel="precision", xlim=(-0.02, 1.02), ylim=(0, 1.05))
    ax.legend(fontsize=8, loc="lower left")
    points = ", ".join(f"{p:.2f} at {r:.2f}" for r, p in zip(recall, precision, strict=True))
    say(ax, f"Precision after each detection: {points}.")
    return ax


def _inside_and_outside(pictures: BoxedPictures, surest: Tensor) -> tuple[float, float]:
    """Mean over boxes of their surest cell, and mean over the cells outside all boxes."""
    inside, outside = [], []
    for place, boxes in enumerate(pictures.boxes):
        heat = surest[place, 0]
        stride = pictures.images[place].shape[-1] // heat.shape[-1]
        centres = cell_centres(*heat.shape, stride)
        far = np.ones(heat.shape, dtype=bool)
        for box in boxes:
            here = ((centres > box[:2]) & (centres < box[2:])).all(dim=-1)
            inside += [heat[here].max().item()] if here.any() else []
            far &= ~here.numpy()
        outside += heat.numpy()[far].tolist()
    return float(np.mean(inside)) if inside else 0.0, float(np.mean(outside))
