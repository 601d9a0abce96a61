"""Text in columns: any name on one line, as wide as it looks, lines of one width, counts."""

import unicodedata
from collections.abc import Sequence

TAIL = 12  # columns kept of the end of a shortened name: often only the end tells names apart


def plain(name: str) -> str:
    """``name`` with escapes for what cannot be printed, such as ends of lines or broken bytes."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in name)


def counted(number: int, noun: str) -> str:
    """Such as ``1 picture`` and ``2,000 pictures``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def width(text: str) -> int:
    """The columns that ``text`` takes: two for a Chinese sign, none for an accent of its own."""
    return sum(_width(sign) for sign in text)


def shorten(name: str, most: int) -> str:
    """``name`` in at most ``most`` columns, with a sign for what was left out of its middle."""
    name = plain(name)
    if width(name) <= most:
        return name
    tail = min(TAIL, most // 3)
    end = _head(name[::-1], tail)[::-1]
    return f"{_head(name, most - 1 - width(end))}…{end}"


def pad(text: str, columns: int) -> str:
    """``text``, filled up with blanks on its right."""
    return text + " " * (columns - width(text))


def columns_of(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equally many cells as lines, each column as wide as its widest cell."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(pad(cell, most) for cell, most in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def wrap(text: str, columns: int, indent: str = "  ") -> list[str]:
    """``text`` in lines of at most ``columns``; all after the first begin with ``indent``.

    A word that is wider than a line is shortened.
    """
    lines = [""]
    for word in text.split(" "):
        word = shorten(word, columns - len(indent))
        if lines[-1].strip() and width(lines[-1]) + 1 + width(word) > columns:
            lines.append(indent)
        lines[-1] += " " * bool(lines[-1].strip()) + word
    return lines


def _head(name: str, columns: int) -> str:
    """The longest beginning of ``name`` that fits into ``columns``."""
    used = 0
    for place, sign in enumerate(name):
        used += _width(sign)
        if used > columns:
            return name[:place]
    return name


def _width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
