"""Figures show themselves, say in words what they show, and never look two ways."""

from base64 import b64decode
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from course_utils.figures import axes as figures
from course_utils.figures.axes import mark_guess, new_axes, say, show, summary_of


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """What ``show`` hands to the notebook: pairs of data and metadata by type of content."""
    outputs: list[tuple[dict[str, str], dict[str, Any]]] = []

    def display(data: dict[str, str], *, metadata: dict[str, Any] | None = None, raw: bool) -> None:
        assert raw  # otherwise the notebook would show the dictionary
        outputs.append((data, metadata or {}))

    monkeypatch.setattr(figures, "display", display)
    return outputs


def test_show_displays_a_picture_described_in_words_that_are_folded_away_below(
    displayed: list, capsys: pytest.CaptureFixture[str]
) -> None:
    ax = new_axes(width=4, height=2)
    ax.plot([1, 2, 3])
    say(ax, "It rises from 1 to 3.")
    show(ax, "It is never <1.")
    (data, metadata), (folded, _) = displayed
    words = "It rises from 1 to 3. It is never <1."
    assert metadata == {"image/png": {"alt": words}}
    assert data["text/plain"] == words
    assert folded == {
        "text/html": "<details><summary>The same in words</summary>"
        "<p>It rises from 1 to 3. It is never &lt;1.</p></details>"
    }
    assert capsys.readouterr().out == ""
    picture = Image.open(BytesIO(b64decode(data["image/png"])))
    assert picture.format == "PNG" and picture.size == (320, 160)
    assert "Software" not in picture.info  # a new matplotlib must not change stored outputs
    assert len(np.unique(np.asarray(picture))) > 2  # something is drawn


def test_axes_side_by_side_are_one_picture_with_all_their_sentences(displayed: list) -> None:
    axes = new_axes(columns=2)
    say(axes[1], "The right falls.")
    say(axes[0], "The left rises.")
    show(axes)
    assert summary_of(axes[0].figure) == "The left rises. The right falls."
    assert ["image/png" in data for data, _ in displayed] == [True, False]
    picture = Image.open(BytesIO(b64decode(displayed[0][0]["image/png"])))
    assert picture.size == (800, 272)


def test_show_refuses_a_figure_that_says_nothing(displayed: list) -> None:
    with pytest.raises(ValueError, match=r"says nothing in words: add a sentence with say\(ax"):
        show(new_axes())
    assert displayed == []


def test_the_same_data_give_the_same_bytes(displayed: list) -> None:
    for _ in range(2):
        ax = new_axes()
        ax.plot([3, 1, 2], label="a")
        ax.legend()
        show(ax, "A curve.")
    assert displayed[:2] == displayed[2:]


def test_figures_do_not_share_sentences() -> None:
    first, second = new_axes(), new_axes()
    say(first, "One.")
    say(second, "Two.")
    assert summary_of(first.figure) == "One." and summary_of(second.figure) == "Two."


@pytest.mark.parametrize(("along", "place"), [("y", "get_ydata"), ("x", "get_xdata")])
def test_a_guess_and_the_truth_are_drawn_and_said(along: str, place: str) -> None:
    ax = new_axes()
    mark_guess(ax, 0.25, truth=0.5, along=along)
    drawn = {line.get_label(): getattr(line, place)() for line in ax.get_lines()}
    assert {name: list(ends) for name, ends in drawn.items()} == {
        "a common guess": [0.25, 0.25],
        "truth": [0.5, 0.5],
    }
    assert summary_of(ax.figure) == "A common guess: 0.25. Truth: 0.5."
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a common guess", "truth"]


def test_the_legend_of_a_guess_about_bars_covers_none_of_them() -> None:
    ax = new_axes()
    bars = ax.barh(["a", "b", "c"], [1, 1, 1])
    ax.invert_yaxis()
    mark_guess(ax, 0.5, truth=1, along="x")
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert not any(legend.overlaps(bar.get_window_extent()) for bar in bars)


def test_a_guess_may_stand_alone_and_joins_the_legend_that_is_there() -> None:
    ax = new_axes()
    ax.plot([1, 2], label="loss")
    ax.legend()
    mark_guess(ax, 1.5, own=True)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss", "your guess"]
    assert summary_of(ax.figure) == "Your guess: 1.5."
