"""Names of classes and files in figures: as text, never as mark-up, and in letters that are there.

People name classes ``$5_$10``, ``_background`` or in their own script. Matplotlib takes two ``$``
for a formula, leaves what begins with ``_`` out of legends, and draws boxes where a letter is
missing from its font.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # half a second to import, which can wait for the first figure
    from matplotlib.figure import Figure
    from matplotlib.ft2font import FT2Font

LETTER = 0.6  # width of an average letter, in heights of the font
INVISIBLE = "\u200b"  # a space of no width: what begins with it does not begin with "_"
EMPTY_FONTS = ("Last Resort", "LastResort", "Color Emoji")  # have boxes, or nothing, for glyphs
UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode categories of what no font shows

_families: list[str] = []  # fonts found for what the usual one lacks


def as_text(name: str, most: float = 24) -> str:
    r"""``name`` as matplotlib shows it letter by letter, cut in the middle where it is long.

    What no font here can show is said by its code point, such as ``U+732B``. Words and tables give
    names whole; this is for what is drawn.

    Args:
        name: Any text.
        most: Widths of an average letter that it may take.
    """
    shown = _cut_in_the_middle(_with_code_points(unicodedata.normalize("NFC", name)), most)
    shown = shown.replace("$", r"\$")
    return INVISIBLE + shown if shown.startswith("_") else shown


def add_fonts(figure: Figure) -> None:
    """Let the texts of ``figure`` use the fonts that ``as_text`` found; before it is drawn."""
    from matplotlib.text import Text

    if _families:
        for text in figure.findobj(Text):
            own = [family for family in text.get_fontfamily() if family not in _families]
            text.set_fontfamily([*own, *_families])


def _with_code_points(name: str) -> str:
    """``name`` with code points in the place of letters that cannot be shown."""
    seen = (
        letter if _face_with(letter) else "" if _joins_others(letter) else f" U+{ord(letter):04X} "
        for letter in name
    )
    return " ".join("".join(seen).split())


def _joins_others(letter: str) -> bool:
    """Whether it only says how its neighbours look, as between the parts of an emoji."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


def _cut_in_the_middle(text: str, most: float) -> str:
    """``text`` if it fits, else its longest start and end that fit with an ellipsis between."""
    if sum(map(_width_of, text)) <= most:
        return text
    start, end, room = "", "", most - _width_of("…")
    for first, last in zip(text, reversed(text), strict=True):
        for letter in (first, last):
            room -= _width_of(letter)
            if room < 0:
                return f"{start}…{end}"
            start, end = (start + letter, end) if len(start) == len(end) else (start, letter + end)
    return text


@cache
def _width_of(letter: str) -> float:
    """In widths of an average letter."""
    face = _face_with(letter) or _face_with("x")
    face.set_size(100, 72)  # pixels per height of the font
    return face.load_char(ord(letter)).linearHoriAdvance / 65536 / 100 / LETTER


@cache
def _face_with(letter: str) -> FT2Font | None:
    """The usual font if it has ``letter``, else the first that has; None where there is none."""
    from matplotlib.font_manager import FontProperties, findfont, fontManager

    if unicodedata.category(letter) in UNSEEN:
        return None
    usual = _open(findfont(FontProperties()))
    if usual.get_char_index(ord(letter)):
        return usual
    others = sorted(  # the regular ones first
        fontManager.ttflist, key=lambda font: (font.style != "normal", font.weight != 400)
    )
    for font in sorted(others, key=lambda font: font.name not in _families):
        if any(empty in font.name for empty in EMPTY_FONTS):
            continue
        face = _open(font.fname)
        if face is not None and face.get_char_index(ord(letter)):
            if font.name not in _families:
                _families.append(font.name)
            return face
    return None


@cache
def _open(file: str) -> FT2Font | None:
    """The font in ``file``; None where it has pictures in place of outlines."""
    from matplotlib.ft2font import FT2Font

    try:
        face = FT2Font(file)
    except (RuntimeError, OSError):  # so matplotlib refuses what it cannot draw with
        return None
    return face if face.scalable else None
