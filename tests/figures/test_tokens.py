"""Tokens as boxes: nothing is lost, nothing overlaps, and what cannot be seen is shown."""

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from course_utils.figures.axes import as_png, summary_of
from course_utils.figures.tokens import plot_tokens
from tests.helpers.odd_names import ODD_NAMES

LETTERS = list("a cat sat\non $5")
WORDS = ["a", " cat", " sat", "\n", "on", " $", "5"]


def boxes(ax: Axes) -> list[tuple[int, int, int]]:
    """Line, counted from the first label, first column and width of each box."""
    found = [(patch.get_y(), patch.get_x(), patch.get_width()) for patch in ax.patches]
    return [(int(y), round(x), round(size)) for y, x, size in found]


def written(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_two_vocabularies_stand_one_below_the_other() -> None:
    ax = plot_tokens([("letters", LETTERS), ("words", WORDS)])
    drawn = written(ax)
    first, second = drawn.index("letters: 15 tokens"), drawn.index("words: 7 tokens")
    assert drawn[first + 1 : second] == [*"a·cat·sat↵on·", r"\$", "5"]
    assert drawn[second + 1 :] == ["a", "·cat", "·sat", "↵", "on", r"·\$", "5"]
    sizes = [size for _, _, size in boxes(ax)]
    assert sizes == [1] * 15 + [1, 4, 4, 1, 2, 2, 1]
    lines = [line for line, _, _ in boxes(ax)]
    assert lines == [1] * 15 + [3] * 7
    said = summary_of(ax.figure)
    assert 'letters: 15 tokens, "a|·|c|a|t|·|s|a|t|↵|o|n|…".' in said
    assert 'words: 7 tokens, "a|·cat|·sat|↵|on|·$|5".' in said


def test_boxes_follow_one_another_in_turn_of_two_shades() -> None:
    ax = plot_tokens([("words", WORDS)])
    ends = [column + size for _, column, size in boxes(ax)]
    assert [column for _, column, _ in boxes(ax)] == [0, *ends[:-1]]
    shades = [to_hex(patch.get_facecolor(), keep_alpha=True) for patch in ax.patches]
    assert (
        len(set(shades)) == 2 and shades[::2] == shades[:1] * 4 and shades[1::2] == shades[1:2] * 3
    )


def test_lines_are_wrapped_between_tokens_and_within_one_that_is_too_wide() -> None:
    ax = plot_tokens([("narrow", ["abcd", "efg", "hi", "x" * 14, "j"])], columns=6)
    assert boxes(ax) == [
        (1, 0, 4),
        (2, 0, 3),
        (2, 3, 2),
        (3, 0, 6),
        (4, 0, 6),
        (5, 0, 2),
        (5, 2, 1),
    ]
    shades = [to_hex(patch.get_facecolor(), keep_alpha=True) for patch in ax.patches]
    assert len(set(shades[3:6])) == 1 and shades[6] != shades[5]
    assert ax.get_ylim()[0] > 6


def test_what_has_no_form_has_a_box_and_a_name() -> None:
    ax = plot_tokens([("odd", ["\ufffd", "", "\u0301", "\x07", "\t", "\u00a0", "名"])])
    assert [size for _, _, size in boxes(ax)][:6] == [1, 1, 1, 6, 1, 1]
    assert written(ax)[4:7] == ["U+0007", "→", "·"]


def test_signs_are_within_their_boxes() -> None:
    ax = plot_tokens([("wide", ["MMMMMM", " WWW", "@" * 100, "$$$", "____"])])
    as_png(ax.figure)
    renderer = ax.figure.canvas.get_renderer()
    label, *texts = ax.texts
    for text, patch in zip(texts, ax.patches, strict=True):
        inner, outer = text.get_window_extent(renderer), patch.get_window_extent(renderer)
        assert outer.x0 <= inner.x0 and inner.x1 <= outer.x1, text.get_text()
    assert label.get_window_extent(renderer).y1 <= ax.figure.bbox.y1


@pytest.mark.slow
def test_any_names_and_tokens_are_drawn_as_text() -> None:
    ax = plot_tokens([(name, list(name)) for name in ODD_NAMES])
    as_png(ax.figure)  # a warning, as of a missing glyph, would be an error


@pytest.mark.parametrize(
    ("texts", "columns", "said"),
    [
        ([], 100, "there is no text to draw"),
        ([("none", [])], 100, r"'none' must be a list of at least one token, got \[\]"),
        ([("one", "abc")], 100, "got 'abc'; cut it by a tokenizer first"),
        ([("one", ["abc"])], 101, "columns must be from 2 to 100, got 101"),
        ([("one", ["abc"])], 1, "got 1"),
    ],
)
def test_bad_input_is_refused(texts: list, columns: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plot_tokens(texts, columns=columns)
