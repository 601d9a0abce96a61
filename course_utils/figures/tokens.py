"""A text cut into its tokens, as boxes: what a tokenizer takes for one piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from course_utils.data.plain_text import counted, width
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import INVISIBLE, as_text
from course_utils.figures.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_AS = str.maketrans({" ": "·", "\n": "↵", "\r": "␍", "\t": "→", "\u00a0": "·"})
WIDTH, LINE = 9.6, 0.26  # inches: of the figure, and of a line
FONT = 10  # points; an eighth of a column is left between signs
SHADES = ((COLOURS[0], 0.22), (COLOURS[4], 0.38))  # colour and opacity, in turn
GAP = 0.4  # lines between two texts
SAID = 12  # tokens that are said in words
MOST = 1000  # widths of a letter, so that nothing on a line is cut
CODE_POINT = "U+"  # with which ``as_text`` begins a sign that no font here has
Box = tuple[int, int, str, int]  # line, column, what is written in it, place of the token


def plot_tokens(texts: Sequence[tuple[str, Sequence[str]]], *, columns: int = 100) -> Axes:
    """Texts as rows of boxes, a token each, wrapped over lines; one below the other to compare.

    Blanks are shown as dots, ends of lines as arrows. A token that is wider than a line goes on in
    the next one.

    Args:
        texts: Labels, such as the size of a vocabulary, each with the tokens of a text in order,
            as they are written; a token that is part of a sign may be ``\ufffd``.
        columns: Signs on a line, at most 100, for which the figure has room.

    Raises:
        ValueError: If there is no text, one has no tokens, or ``columns`` is out of range.
    """
    _check(texts, columns)
    blocks = [_boxes(pieces, columns) for _, pieces in texts]
    tops, bottom = [], 0.0
    for boxes in blocks:
        tops.append(bottom)
        bottom += 2 + boxes[-1][0] + GAP  # a line for the label
    ax = new_axes(width=WIDTH, height=LINE * bottom)
    ax.set(xlim=(0, 100), ylim=(bottom, 0))
    ax.set_axis_off()
    for (label, pieces), boxes, top in zip(texts, blocks, tops, strict=True):
        said = f"{label}: {counted(len(pieces), 'token')}"
        ax.text(0, top + 0.5, as_text(said, columns), va="center", fontsize=FONT)
        for box in boxes:
            _draw(ax, box, top + 1)
        first = [*map(_shown, pieces[:SAID]), *["…"] * (len(pieces) > SAID)]
        words = "|".join(first)
        say(ax, f'{said}, "{words}".')
    return ax


def _boxes(pieces: Sequence[str], columns: int) -> list[Box]:
    """Where each token stands; several boxes for one that is wider than a line."""
    boxes: list[Box] = []
    line = column = 0
    for place, piece in enumerate(pieces):
        for part in _parts(_shown(piece), columns):
            if column and column + _columns(part) > columns:
                line, column = line + 1, 0
            boxes.append((line, column, part, place))
            column += _columns(part)
    return boxes


def _shown(piece: str) -> str:
    """The token as it is written, with signs for blanks and code points where no font has one."""
    signs = [(sign, as_text(sign, MOST)) for sign in piece.translate(SHOWN_AS)]
    # What as_text changes for matplotlib alone, as it does with $, is changed when it is drawn.
    return "".join(
        seen if seen.startswith(CODE_POINT) else sign * bool(seen) for sign, seen in signs
    )


def _parts(text: str, columns: int) -> list[str]:
    """``text`` in parts that fit on a line; one part, though empty, of an empty text."""
    parts = [""]
    for sign in text:
        if width(parts[-1] + sign) > columns:
            parts.append("")
        parts[-1] += sign
    return parts


def _columns(part: str) -> int:
    return max(1, width(part))  # an accent alone, or a token without signs, has a box, too


def _draw(ax: Axes, box: Box, top: float) -> None:
    from matplotlib.patches import Rectangle

    line, column, part, place = box
    size, (colour, opacity) = _columns(part), SHADES[place % 2]
    look = {"facecolor": (colour, opacity), "edgecolor": "white", "lw": 1.2}
    ax.add_patch(Rectangle((column, top + line + 0.06), size, 0.88, **look))
    middle = column + size / 2, top + line + 0.5
    look = {"fontsize": FONT, "family": "monospace", "ha": "center", "va": "center_baseline"}
    # Only legends pass over what begins with "_", and not every font has the invisible sign.
    ax.text(*middle, as_text(part, MOST).removeprefix(INVISIBLE), **look)


def _check(texts: Sequence[tuple[str, Sequence[str]]], columns: int) -> None:
    if not 2 <= columns <= 100:
        raise ValueError(f"columns must be from 2 to 100, got {columns}")
    if not texts:
        raise ValueError("there is no text to draw; give at least one label with its tokens")
    for label, pieces in texts:
        if isinstance(pieces, str) or not pieces:
            raise ValueError(
                f"the text {label!r} must be a list of at least one token, got {pieces!r}; cut it "
                "by a tokenizer first"
            )
