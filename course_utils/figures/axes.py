"""Figures that speak: axes of one size and look, shown with a sentence made of the same numbers.

A plot function draws on axes and hands a sentence to ``say``; ``show`` displays the figure, gives
its sentences to the picture as its alternative text, and folds them away below it.
"""

from __future__ import annotations

import io
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from IPython.display import display
from PIL import Image

from course_utils.figures.names import add_fonts

if TYPE_CHECKING:  # half a second to import, which can wait for the first figure
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

DPI = 80
SINGLE_WIDTH, SINGLE_HEIGHT = 7.0, 3.8  # inches: 560 x 304 pixels beside 800 pixels of text
PAIR_WIDTH, PAIR_HEIGHT = 5.0, 3.4
FOLDED_WORDS = "<details><summary>The same in words</summary><p>{}</p></details>"

_sentences: WeakKeyDictionary[Axes, list[str]] = WeakKeyDictionary()


def new_axes(
    columns: int = 1, *, rows: int = 1, width: float | None = None, height: float | None = None
) -> Axes | np.ndarray:
    """Fresh axes, or an array of them in ``rows`` and ``columns``.

    Args:
        columns: Axes side by side.
        rows: Axes one below the other.
        width: Of each axes, in inches; by default one alone is wide, two fill a page.
        height: Of each axes, in inches.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = width or (SINGLE_WIDTH if columns == 1 else PAIR_WIDTH)
    height = height or (SINGLE_HEIGHT if columns == 1 else PAIR_HEIGHT)
    # Rounded, as 3 x 3.8 is just below 11.4, from which matplotlib 3.10 makes a pixel less.
    size = round(width * columns, 6), round(height * rows, 6)
    figure = Figure(figsize=size, dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns)
    for ax in np.atleast_1d(axes).flat:
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.3)
        ax.set_axisbelow(True)
    return axes


def say(ax: Axes, sentence: str) -> None:
    """Add ``sentence`` to what the figure says in words."""
    _sentences.setdefault(ax, []).append(sentence)


def summary_of(figure: Figure) -> str:
    """All sentences of the figure's axes, in drawing order."""
    return " ".join(sentence for ax in figure.axes for sentence in _sentences.get(ax, []))


def as_png(figure: Figure) -> str:
    """The figure as a PNG picture in base 64, the same bytes for the same figure."""
    add_fonts(figure)
    # savefig would draw it twice, once for the layout alone; moving controls wait for that.
    figure.canvas.draw()
    return png_of_canvas(figure.canvas)


def png_of_canvas(canvas: FigureCanvasAgg) -> str:
    """What was drawn on ``canvas`` as a PNG picture in base 64."""
    return encode_png(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))


def encode_png(picture: Image.Image) -> str:
    """A picture as PNG in base 64."""
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return b64encode(buffer.getvalue()).decode()


def show(axes: Axes | np.ndarray, sentence: str | None = None) -> None:
    """Display the figure of ``axes`` and, folded away below it, what it shows in words.

    Raises:
        ValueError: If the figure has nothing to say.
    """
    ax = np.atleast_1d(axes).flat[0]
    if sentence is not None:
        say(ax, sentence)
    summary = summary_of(ax.figure)
    if not summary:
        raise ValueError("this figure says nothing in words: add a sentence with say(ax, ...)")
    picture = {"image/png": as_png(ax.figure), "text/plain": summary}
    display(picture, metadata={"image/png": {"alt": summary}}, raw=True)
    display({"text/html": FOLDED_WORDS.format(escape(summary))}, raw=True)


def mark_guess(
    ax: Axes, guessed: float, *, truth: float | None = None, along: str = "y", own: bool = False
) -> None:
    """Draw a guess, the learner's ``own`` or a common one, and the truth where it is one number."""
    draw = ax.axhline if along == "y" else ax.axvline
    whose = "your guess" if own else "a common guess"
    draw(guessed, color="black", ls=(0, (2, 3)), lw=1.5, label=whose)
    sentence = f"{whose.capitalize()}: {guessed:.3g}."
    if truth is not None:
        draw(truth, color="black", lw=1.2, label="truth")
        sentence += f" Truth: {truth:.3g}."
    say(ax, sentence)
    if along == "x" and ax.patches and ax.get_yscale() == "linear":
        # Bars: room for the legend below them.
        bottom, top = ax.get_ylim()
        ax.set_ylim(bottom + 0.2 * (bottom - top), top)
        ax.legend(fontsize=8, ncols=2, loc="lower left")
    else:
        ax.legend(fontsize=8)
