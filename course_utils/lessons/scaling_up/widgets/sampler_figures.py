"""Examples with how often they count, and reported accuracies beside the true one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, MARKERS
from course_utils.lessons.scaling_up.sampling import How

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPANS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.05)  # of the axis, on each side of the true accuracy
MOST_COLUMNS, SQUARES_ACROSS = 26, 1.7  # in a row; width of the sheet by its height
EQUAL = 1e-9  # accuracies that are apart by less are the same
ROWS: dict[How, str] = {
    "mean of means": "mean of the means\nof batches of {batch_size}",
    "of all counted": "all that is\ncounted",
    "rank 0": "rank 0 alone",
    "each once": "each example\nonce",
}


def draw_counts(ax: Axes, correct: Tensor, counts: Tensor) -> None:
    """A square for each example: its colour says right or wrong, its look how often it counts."""
    from matplotlib.collections import PolyCollection

    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(SQUARES_ACROSS * len(correct))))
    row, column = np.divmod(np.arange(len(correct)), columns)
    corners = np.array([(-0.42, -0.42), (0.42, -0.42), (0.42, 0.42), (-0.42, 0.42)])
    squares = np.stack([column, row], axis=1)[:, None] + corners  # (N, 4, 2)
    faces = [_face(bool(c), int(n)) for c, n in zip(correct, counts, strict=True)]
    edges = [COLOURS[int(not c)] for c in correct]
    ax.add_collection(PolyCollection(squares, facecolors=faces, edgecolors=edges, linewidths=0.8))
    size = min(9.0, 130 / columns + 2)
    for place in (counts > 1).nonzero().flatten().tolist():
        ax.text(
            column[place], row[place], f"{counts[place]}", color="white", weight="bold",
            ha="center", va="center_baseline", fontsize=size,
        )  # fmt: skip
    for is_right, number, name in (
        (True, 1, "right"), (False, 1, "wrong"), (True, 2, "counts more than once"),
        (True, 0, "left out"),
    ):  # fmt: skip
        look = {"mfc": _face(is_right, number), "mec": COLOURS[int(not is_right)]}
        ax.plot([], marker="s", ls="", ms=8, label=name, **look)
    ax.set(xlim=(-0.7, columns - 0.3), ylim=(row[-1] + 0.7, -0.7), aspect="equal", anchor="N")
    ax.set_axis_off()
    ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=4, frameon=False,
              columnspacing=0.9, handletextpad=0.2)  # fmt: skip


def _face(is_right: bool, count: int) -> tuple[str, float]:
    """Colour and how much of it: none for what does not count, all for what counts again."""
    return COLOURS[int(not is_right)], (0.0, 0.35, 1.0)[min(count, 2)]


def draw_reported(
    ax: Axes, correct: Tensor, reported: Mapping[How, float], batch_size: int
) -> None:
    """A mark for each way to report, as far from the true accuracy as it is, with its number."""
    names = [ROWS[how].format(batch_size=batch_size) for how in reported]
    true = int(correct.sum()) / len(correct)
    apart = [value - true for value in reported.values()]
    span = next(each for each in SPANS if each > 1.05 * max(map(abs, apart)))
    ax.axvline(0, color="black", lw=1.2)
    style = {"textcoords": "offset points", "ha": "center", "fontsize": 9}
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for row, (value, off) in enumerate(zip(reported.values(), apart, strict=True)):
        is_off = abs(off) > EQUAL
        look = {"color": COLOURS[is_off], "marker": MARKERS[is_off], "ms": 8}
        ax.plot([off], [row], **look)
        text = f"{value:.4f} ({off:+.4f})" if is_off else f"{value:.4f}, the true one"
        ax.annotate(text, (off, row), (0, 8), bbox=paper, **style)
    ax.set_yticks(range(len(reported)), names, fontsize=9)
    ax.set(xlim=(-1.6 * span, 1.6 * span), ylim=(len(reported) - 0.5, -0.9))
    ax.set_xticks([-span, 0, span], [f"{-span:g}", "0", f"+{span:g}"])
    ax.set_xlabel(f"reported accuracy minus the true one, {true:.4f}")
    texts = [
        f"{name} {value:.4f}".replace("\n", " ")
        for name, value in zip(names, reported.values(), strict=True)
    ]
    say(ax, f"True accuracy {true:.4f}; reported: {', '.join(texts)}.")
