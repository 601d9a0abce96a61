"""Moving the learning rate shows its curve; looking a picture up shows its nearest ones."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba

from course_utils.data.examples import LabelledImages
from course_utils.figures.plots import COLOURS
from course_utils.lessons.pretraining.widgets import (
    LABEL_SIZE,
    explore_neighbours,
    explore_rates,
)
from course_utils.session import learner
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

STEPS = range(5, 21, 5)
LOSSES = {
    0.01: [4.2, 4.0, 3.8, 3.6],
    0.1: [4.0, 3.0, 2.0, 1.0],
    1.0: [4.2, 3.5, 3.0, 1.5],
    10.0: [40.0, 9.0, 5.0, 4.5],
}
CHANCE = math.log(64)
LETTERS = ("A", "B", "C")
# One bright pixel tells where in the list a picture stands.
KNOWN = LabelledImages(
    torch.eye(9).view(9, 1, 3, 3), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2]), LETTERS
)
QUERIES = torch.linspace(0, 1, 4)[:, None, None, None].expand(4, 1, 3, 3)
NAMES = ["A", "B", "C", "digit 7"]
FOUND = {
    "features": torch.tensor([[0, 3], [4, 1], [0, 1], [8, 2]]),
    "pixels": torch.tensor([[1, 2], [7, 0], [2, 3], [0, 1]]),
}


def make_rates() -> Explorer:
    return explore_rates(LOSSES, STEPS, CHANCE)


def make_neighbours() -> Explorer:
    return explore_neighbours(QUERIES, NAMES, KNOWN, FOUND)


def test_the_curve_of_the_chosen_rate_is_drawn_before_the_others_in_grey() -> None:
    explorer = make_rates()
    seen = set()
    for values in every_setting(explorer):
        (ax,) = explorer.axes
        coloured = [line for line in ax.lines if to_rgba(line.get_color()) == to_rgba(COLOURS[0])]
        (curve,) = coloured
        assert list(curve.get_xdata()) == [5, 10, 15, 20]
        assert list(curve.get_ydata()) == LOSSES[values["rate"]]
        grey = [list(line.get_ydata()) for line in ax.lines[: len(LOSSES)]]
        assert grey == list(LOSSES.values())
        assert ax.get_ylim() == (0, pytest.approx(2 * math.log(64)))
        seen.add(values["rate"])
    assert {0.01, 10.0} < seen


def test_the_words_say_where_it_ends_and_whether_it_leaves_the_picture() -> None:
    explorer = make_rates()
    ends = {10.0: "0.34 above", 0.1: "3.16 below", 0.01: "0.56 below"}  # 4.159 is ln 64
    for rate, end in ends.items():
        explorer.controls["rate"].value = rate
        last = LOSSES[rate][-1]
        assert f"to {last:.3g}, lowest {last:.3g} at step 20" in explorer.summary
        assert f"It ends {end} ln K = 4.16" in explorer.summary
        assert ("It leaves the picture: up to 40." in explorer.summary) == (rate == 10.0)


def test_the_slider_of_rates_shows_numbers_as_people_write_them() -> None:
    slider = make_rates().controls["rate"]
    assert [name for name, _ in slider.options] == ["0.01", "0.1", "1", "10"]
    assert slider.description == "learning rate"
    assert not slider.continuous_update


def test_the_picture_looked_up_stands_before_its_nearest_in_each_row() -> None:
    explorer = make_neighbours()
    seen = set()
    for values in every_setting(explorer):
        query = values["query"]
        (ax,) = explorer.axes
        sheet = np.asarray(ax.images[0].get_array().filled(0))
        pitch = sheet.shape[0] // 2
        for row, places in enumerate(FOUND.values()):
            for column in range(3):
                top, left = row * pitch, column * 4
                shown = sheet[top : top + 3, left : left + 3]
                wanted = KNOWN.images[places[query, column - 1]] if column else QUERIES[query]
                assert shown == pytest.approx(wanted[0].numpy())
        seen.add(query)
    assert {0, 3} <= seen


def test_names_are_ticked_and_counted_if_they_are_right() -> None:
    explorer = make_neighbours()
    explorer.update()
    words = "Nearest by features: A A, 2 of 2 are A. Nearest by pixels: B C, 0 of 2 are A."
    assert words in explorer.summary
    texts = [text.get_text() for text in explorer.axes[0].texts]
    assert texts == ["A", "A ✓", "A ✓", "A", "B", "C", "features", "pixels"]
    assert {text.get_fontsize() for text in explorer.axes[0].texts} == {LABEL_SIZE}
    rows = [text.get_position()[1] for text in explorer.axes[0].texts[-2:]]
    pitch = explorer.axes[0].images[0].get_array().shape[0] / 2
    assert rows == pytest.approx([1.5, 1.5 + pitch])


def test_a_stranger_is_never_counted_as_right() -> None:
    explorer = make_neighbours()
    explorer.controls["query"].value = 3
    assert "Nearest by features: C C. Nearest by pixels: A B." in explorer.summary
    assert not [text for text in explorer.axes[0].texts if "✓" in text.get_text()]


def test_still_pictures_show_most_gain_least_gain_and_a_stranger() -> None:
    assert make_neighbours().stills == {
        "features gain most": {"query": 0},  # 2 right against 0
        "features gain least": {"query": 2},  # 0 right against 1
        "digit 7, an unknown class": {"query": 3},
    }
    only_strangers = explore_neighbours(
        QUERIES[3:], NAMES[3:], KNOWN, {way: places[3:] for way, places in FOUND.items()}
    )
    assert list(only_strangers.stills) == ["digit 7, an unknown class"]


@pytest.mark.slow
@pytest.mark.parametrize("make", [make_rates, make_neighbours])
def test_where_nothing_moves_every_still_is_drawn(
    make: Callable[[], Explorer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "is_live", lambda: False)
    shown = catch_pictures(monkeypatch)
    make()._ipython_display_()
    ((data, _),) = shown
    words = data["text/plain"]
    for expected in {
        make_rates: ["rate 0.01: ", "rate 1: ", "rate 10: "],
        make_neighbours: ["A and its 2 nearest", "C and its 2 nearest", "digit 7 and its 2"],
    }[make]:
        assert expected in words
    assert data["image/png"]


def test_an_error_while_drawing_reaches_the_learner_and_the_test() -> None:
    explorer = explore_rates(LOSSES, STEPS, chance=math.nan)
    with pytest.raises(ValueError, match="NaN"):
        explorer.controls["rate"].value = 0.1
    assert "course-error" in explorer.words.value


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ({0.1: [1.0] * 4}, r"two learning rates or more, got \[0.1\]"),
        ({0.1: [1.0] * 4, 1.0: [1.0] * 3}, "rate 1 has 3 losses for 4 steps"),
    ],
)
def test_curves_that_do_not_fit_are_refused(losses: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explore_rates(losses, STEPS, CHANCE)


def test_numbers_of_pictures_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="'names' has 3 entries for 4 pictures"):
        explore_neighbours(QUERIES, NAMES[:3], KNOWN, FOUND)
    with pytest.raises(ValueError, match="'pixels' has 2 entries for 4 pictures"):
        explore_neighbours(QUERIES, NAMES, KNOWN, FOUND | {"pixels": FOUND["pixels"][:2]})
