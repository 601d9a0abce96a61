"""Text of language models in figures, with signs for what cannot be seen, in lines that fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from course_utils.data.plain_text import plain, width
from course_utils.figures.names import as_text
from course_utils.models.text.byte_pairs import Tokenizer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

END = "end of text"  # what the token that ends a text is called
UNKNOWN = "\ufffd"  # in the place of bytes that are no sign
MONOSPACE = ["monospace", "sans-serif"]  # the second has signs that the first lacks
COLUMNS = 54  # letters of a line
SIZE = 9  # points of a letter
HEADING = 0.07  # height of a heading, share of the axes


def shown(text: str, most: float = math.inf) -> str:
    """``text`` with signs for blanks and new lines, for a text of a figure without formulas."""
    signs = plain(text.replace("\n", "↵")).replace(" ", "·")
    return as_text(signs, most).replace(r"\$", "$")


def joined(tokens: Sequence[int], tokenizer: Tokenizer) -> str:
    """The text of ``tokens``, with the ends of texts in it."""
    texts: list[list[int]] = [[]]
    for token in tokens:
        if token == tokenizer.end:
            texts.append([])
        else:
            texts[-1].append(token)
    return f"[{END}]".join(map(tokenizer.decode, texts))


@dataclass(frozen=True)
class TokenName:
    """What a token is called: in quotes as ``str``.

    Args:
        text: Its text, or what it is where it has none of its own, such as ``token 227``.
        is_text: Which of the two.
    """

    text: str
    is_text: bool = True

    def __str__(self) -> str:
        return repr(self.text) if self.is_text else self.text

    def shown(self, most: float = math.inf) -> str:
        """As of ``shown``."""
        return shown(self.text, most) if self.is_text else self.text


def name_of(token: int, tokenizer: Tokenizer) -> TokenName:
    """A token's name; part of a sign, as a single byte may be, has a number alone."""
    if token == tokenizer.end:
        return TokenName(END, is_text=False)
    text = tokenizer.decode([token])
    has_text = bool(text) and UNKNOWN not in text
    return TokenName(text) if has_text else TokenName(f"token {token}", is_text=False)


def percent(share: float) -> str:
    """Such as ``3.2%``; what would look like nothing and is not, says so."""
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def last_lines(text: str, most: int) -> list[str]:
    """``text`` in lines of at most ``COLUMNS``, with an ellipsis for those that are too many."""
    signs = shown(text)
    # Signs of two columns halve the line: textwrap counts signs.
    columns = COLUMNS // 2 if width(signs) > len(signs) else COLUMNS
    lines = wrap(signs.replace("·", " "), columns)
    return lines if len(lines) <= most else ["…", *lines[len(lines) - most + 1 :]]


def draw_text(ax: Axes, top: float, heading: str, lines: Sequence[str]) -> None:
    """Write a heading, at ``top`` of the height of ``ax``, and lines below it."""
    style = {"transform": ax.transAxes, "va": "top", "fontsize": SIZE, "parse_math": False}
    ax.text(0, top, heading, color="dimgrey", **style)
    ax.text(0, top - HEADING, "\n".join(lines), family=MONOSPACE, **style)
