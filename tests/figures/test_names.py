"""Names in figures are text, letter by letter: no mark-up, no boxes, nothing covered."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.cbook import is_math_text

from course_utils.figures import names
from course_utils.figures.answers import plot_confusion
from course_utils.figures.axes import as_png, new_axes, summary_of
from course_utils.figures.names import as_text
from course_utils.figures.plots import (
    plot_bars,
    plot_curves,
    plot_histogram,
    plot_images,
    plot_repeats,
)
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.model_answers import draw_answers
from tests.helpers.odd_names import ODD_NAMES

SIX = ODD_NAMES[2:5] + ODD_NAMES[7:10]


def curves() -> Axes:
    return plot_curves({name: [1, 2, 3] for name in SIX}, x_label="epoch", y_label="loss")


def repeats() -> Axes:
    scores = {name: np.random.default_rng(0).random((3, 2)) for name in SIX}
    return plot_repeats(scores, x=[1, 10], x_label="labels", y_label="accuracy")


def histogram() -> Axes:
    return plot_histogram(
        {name: np.arange(9) for name in SIX}, x_label="optimism", y_label="repeats"
    )


def bars() -> Axes:
    lengths = {name: 0.5 for name in ODD_NAMES}
    intervals = {name: (0.4, 0.6) for name in ODD_NAMES}
    return plot_bars(lengths, x_label="accuracy", intervals=intervals, ax=new_axes(width=4.6))


def sheet() -> Axes:
    return plot_images(torch.rand(11, 3, 8, 8), ODD_NAMES, what="noise")


def confusion() -> Axes:
    return plot_confusion(np.arange(121).reshape(11, 11) % 7, ODD_NAMES)


def small_confusion() -> Axes:
    return plot_confusion(np.arange(36).reshape(6, 6) % 7, SIX)


def answers() -> Axes:
    axes = new_axes(2, width=3.6, height=3.0)
    probs = {"kept": torch.full((6,), 1 / 6), "last": torch.eye(6)[2]}
    draw_answers(axes, torch.rand(1, 1, 8, 8), 1, probs, SIX)
    return axes[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw", [curves, repeats, histogram, bars, sheet, confusion, small_confusion, answers]
)
def test_every_plot_takes_every_name(draw: object) -> None:
    # Warnings are errors here: of letters that no font has, of a layout that found no room.
    ax = draw()
    as_png(ax.figure)
    if draw in (curves, repeats, histogram):
        assert len(ax.get_legend().get_texts()) == len(SIX)
    if draw in (bars, answers):  # two names that differ in their last letter are two rows
        shown = [label.get_text() for label in ax.get_yticklabels()]
        assert len(set(shown)) == len(shown) == (11 if draw is bars else 6)
        assert ax.get_window_extent().width > 0.4 * ax.figure.bbox.width / len(ax.figure.axes)
    if draw in (curves, repeats, histogram, bars):
        names_said = SIX if draw is not bars else ODD_NAMES
        assert all(name in summary_of(ax.figure) for name in names_said)  # whole, in words


def test_titles_of_pictures_stay_over_their_own_pictures() -> None:
    ax = plot_images(torch.rand(10, 3, 8, 8), [*ODD_NAMES[-8:], "WWWWWWWWWW", "i" * 30], what="x")
    ax.figure.canvas.draw()
    ends = sorted((box.x0, box.x1) for box in (text.get_window_extent() for text in ax.texts))
    assert all(left[1] <= right[0] for left, right in pairwise(ends))
    ax = plot_images(torch.rand(2, 3, 8, 8), ["ant", "automobile"], what="two")
    assert [text.get_text() for text in ax.texts] == ["ant", "auto…ile"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_no_name_is_mathematics_or_left_out_of_legends(name: str) -> None:
    shown = as_text(name)
    assert not shown.startswith("_") and not is_math_text(shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("$5_$10", "$5_$10"),
        ("$20 & $50", "$20 & $50"),
        ("a\\$b", "a\\$b"),
        ("Ka\u0308se", "Käse"),  # as macOS writes it
        ("a\nb\t", "a U+000A b U+0009"),
        ("bad\udcff", "bad U+DCFF"),  # a name in another encoding than the system's
        ("", ""),
    ],
)
def test_what_is_drawn_is_the_name(name: str, shown: str) -> None:
    ax = new_axes()
    text = ax.set_title(as_text(name))
    assert text._preprocess_math(text.get_text()) == (shown, False)  # what matplotlib will draw


def test_a_long_name_keeps_its_start_and_its_end() -> None:
    first, second = as_text("a" * 120 + "1"), as_text("a" * 120 + "2")
    assert first.startswith("aaaaaaaa") and first[:-1] == second[:-1]
    assert (first[-1], second[-1]) == ("1", "2") and "…" in first
    assert len(as_text("W" * 200, most=8)) < 8 < len(as_text("i" * 200, most=8))
    assert as_text("standard deviation, letters", most=40) == "standard deviation, letters"


@pytest.fixture
def no_fonts_yet() -> Iterator[None]:
    """As in a fresh process, before and after: nothing is known of any font."""

    def forget() -> None:
        for known in (names._face_with, names._width_of):
            known.cache_clear()
        names._families.clear()

    forget()
    yield
    forget()


@pytest.fixture
def rare_letter(tmp_path: Path, no_fonts_yet: None) -> Iterator[str]:
    """A letter that one font has alone, a square, while the test lasts."""
    letter = "\U0001fbf7"
    pen = TTGlyphPen(None)
    for number, corner in enumerate([(0, 0), (0, 900), (900, 900), (900, 0)]):
        (pen.lineTo if number else pen.moveTo)(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(letter): "square"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Rare", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "rare.ttf")
    before = list(font_manager.fontManager.ttflist)
    font_manager.fontManager.addfont(tmp_path / "rare.ttf")
    yield letter
    font_manager.fontManager.ttflist[:] = before
    font_manager.fontManager._findfont_cached.cache_clear()


@pytest.mark.parametrize("draw", [as_png, lambda figure: Blitter().as_png(figure.axes[0])])
def test_a_font_at_hand_is_used(rare_letter: str, draw: object) -> None:
    ax = new_axes()
    ax.set_yticks([0, 1], [as_text(rare_letter), "cat"])
    assert ax.get_yticklabels()[0].get_text() == rare_letter
    draw(ax.figure)  # a warning, which is an error here, where a letter is missing
    assert ax.get_yticklabels()[0].get_fontfamily()[-1] == "Rare"


def test_where_no_font_has_a_letter_its_code_point_is_said(no_fonts_yet: None) -> None:
    assert as_text("x \U0001fbf7") == "x U+1FBF7"
    assert names._families == []  # least of all the font that has boxes for everything
