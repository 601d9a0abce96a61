"""A picture with boxes and words on it, as all that moves in lesson 08 draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.figures import boxes as colours
from course_utils.figures.boxes import draw_box
from course_utils.figures.names import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_LETTERS = 19  # width that words may take at a box


@dataclass(frozen=True)
class Look:
    """How a kind of box is drawn: its line tells it as well as its colour does.

    Args:
        colour: Of line and words.
        line: Its style.
        corner: Of the box, outside of which words stand; another one for each look, so that words
            at two boxes on one place do not hide each other.
    """

    colour: str
    line: str
    corner: tuple[str, str] = ("top", "left")


RIGHT = Look(colours.RIGHT, "-")
WRONG = Look(colours.WRONG, "--", ("bottom", "right"))
MISSED = Look(colours.MISSED, ":", ("bottom", "left"))
TRUTH = Look(colours.TRUTH, "-")


def fullest(pictures: BoxedPictures) -> int:
    """Number, from 1, of the first of the pictures with the most objects: there is most to see."""
    return 1 + max(range(len(pictures)), key=lambda place: len(pictures.boxes[place]))


def mark_box(ax: Axes, box: Tensor, look: Look, words: str = "") -> None:
    """Draw a box (4,), with some words at the corner of its look."""
    draw_box(ax, box, look.colour, look.line)
    if words:
        left, top, right, bottom = box.tolist()
        above, before = look.corner[0] == "top", look.corner[1] == "left"
        ax.text(
            left if before else right, top if above else bottom, as_text(words, NAME_LETTERS),
            ha=look.corner[1], va="bottom" if above else "top", fontsize=8, fontweight="bold",
            color=look.colour, bbox={"facecolor": "white", "alpha": 0.85, "pad": 0.5, "lw": 0},
        )  # fmt: skip


def explain_boxes(ax: Axes, looks: Mapping[str, Look]) -> None:
    """A legend below the picture, with every kind of box whether it is there or not."""
    for name, look in looks.items():
        ax.plot([], [], color=look.colour, ls=look.line, lw=1.6, label=name)
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=len(looks), fontsize=8,
        frameon=False, handlelength=2.0, columnspacing=0.9,
    )  # fmt: skip
