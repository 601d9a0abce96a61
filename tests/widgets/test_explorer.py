"""An explorer draws what its controls say, shows errors, and stands still where nobody is there."""

import io
import re
import threading
import time
from base64 import b64decode

import ipywidgets
import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

from course_utils.figures.axes import say
from course_utils.session import learner
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_displays, catch_pictures, every_setting


def draw_bars(ax, slope: float, doubled: bool) -> None:  # noqa: ANN001
    """Bars of height ``slope`` times 1, 2, 3, or twice that."""
    if slope > 9:
        raise ValueError("a <planted> error")
    heights = slope * np.arange(1, 4) * (2 if doubled else 1)
    ax.bar([1, 2, 3], heights)
    say(ax, f"The last of three bars is {heights[-1]:.1f} high.")


def make_explorer(highest: float = 8.0) -> Explorer:
    """One slider, one box to tick."""
    slider = ipywidgets.FloatSlider(2.0, min=0.0, max=highest, description="slope, per step")
    box = ipywidgets.Checkbox(value=False, description="doubled")
    stills = {"flat": {"slope": 0.5, "doubled": False}, "steep": {"slope": 4.0, "doubled": True}}
    return Explorer(draw_bars, {"slope": slider, "doubled": box}, stills=stills)


@pytest.mark.slow
def test_each_move_draws_the_figure_of_the_new_values_and_says_it() -> None:
    explorer = make_explorer()
    for values in every_setting(explorer):
        highest = values["slope"] * 3 * (2 if values["doubled"] else 1)
        bars = explorer.axes[0].patches
        assert bars[-1].get_height() == pytest.approx(highest)
        assert explorer.summary == f"The last of three bars is {highest:.1f} high."
        assert explorer.summary in explorer.words.value


def test_the_picture_is_a_png_with_the_words_as_alternative_text() -> None:
    explorer = make_explorer()
    explorer.controls["slope"].value = 3.0
    (output,) = explorer.picture.outputs
    html = output["data"]["text/html"]
    picture = re.search(r'src="data:image/png;base64,([^"]+)"', html).group(1)
    assert Image.open(io.BytesIO(b64decode(picture))).size == (400, 240)
    assert f'role="img" aria-label="{explorer.summary}"' in html
    assert output["data"]["text/plain"] == explorer.summary


def add_below(slope: float, doubled: bool) -> str:
    """What stands below the figure, from the same values."""
    return f"<b>{slope:g} {doubled}</b>"


def test_what_belongs_to_the_figure_stands_below_it_and_below_each_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = catch_displays(monkeypatch)
    plain, explorer = make_explorer(), make_explorer()
    explorer.also = add_below
    for each in (plain, explorer):
        each.controls["slope"].value = 3.0
    html, with_more = (each.picture.outputs[0]["data"]["text/html"] for each in (plain, explorer))
    assert with_more == html + "<b>3 False</b>"
    explorer.show_still()
    below = [data for data, _ in shown[-2:]]
    assert [data["text/plain"] for data in below] == ["flat", "steep"]
    assert [data["text/html"].count(f"<b>{values}</b>") for data, values in
            zip(below, ("0.5 False", "4 True"), strict=True)] == [1, 1]  # fmt: skip


def test_a_move_that_changes_nothing_else_replaces_the_picture() -> None:
    explorer = make_explorer()
    pictures = set()
    for slope in (1.0, 2.5, 4.0):
        explorer.controls["slope"].value = slope
        pictures.add(str(explorer.picture.outputs))
    assert len(pictures) == 3


def test_an_error_is_shown_to_the_learner_and_raised() -> None:
    explorer = make_explorer(highest=10.0)
    with pytest.raises(ValueError, match="planted"):
        for _ in every_setting(explorer):
            pass
    assert 'class="course-error" role="alert"' in explorer.words.value
    assert "ValueError: a &lt;planted&gt; error" in explorer.words.value
    explorer.controls["slope"].value = 1.0
    assert "course-error" not in explorer.words.value


def test_a_figure_without_words_is_refused() -> None:
    slider = ipywidgets.IntSlider(1, description="n")
    explorer = Explorer(lambda ax, n: ax.plot([n]), {"n": slider}, stills={"1": {"n": 1}})
    with pytest.raises(ValueError, match="says nothing in words"):
        slider.value = 2
    assert "course-error" in explorer.words.value


def test_where_nobody_is_there_each_still_is_drawn_beside_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = catch_pictures(monkeypatch)
    make_explorer()._ipython_display_()
    ((data, metadata),) = shown
    assert set(data) == {"image/png", "text/plain"}
    alt = metadata["image/png"]["alt"]
    for words in ("is 1.5 high", "is 24.0 high", "In JupyterLab, move it yourself."):
        assert words in alt
    assert Image.open(io.BytesIO(b64decode(data["image/png"]))).size == (800, 240)


@pytest.mark.slow
def test_stills_that_would_be_wider_than_a_page_go_on_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = catch_pictures(monkeypatch)

    def draw(ax: Axes, n: int) -> None:
        ax.plot([0, n])
        say(ax, f"A line up to {n}.")

    slider = ipywidgets.IntSlider(1, description="n")
    stills = {f"n is {n}": {"n": n} for n in (1, 2, 3)}
    for width, size in {3.8: (912, 240), 5.0: (800, 480), 20.0: (1600, 720)}.items():
        Explorer(draw, {"n": slider}, stills=stills, width=width)._ipython_display_()
        data, metadata = shown.pop()
        assert Image.open(io.BytesIO(b64decode(data["image/png"]))).size == size
        assert all(f"A line up to {n}." in metadata["image/png"]["alt"] for n in (1, 2, 3))


@pytest.mark.slow
def test_stills_of_two_axes_stand_one_below_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)

    def draw(axes: np.ndarray, n: int) -> None:
        for ax in axes:
            ax.plot([0, n])
            say(ax, f"A line up to {n}.")

    slider = ipywidgets.IntSlider(1, description="n")
    stills = {f"n is {n}": {"n": n} for n in (1, 2, 3)}
    explorer = Explorer(draw, {"n": slider}, stills=stills, columns=2, width=4.0)
    explorer._ipython_display_()
    picture = Image.open(io.BytesIO(b64decode(shown[0][0]["image/png"])))
    assert picture.size == (640, 720)
    slider.value = 7
    assert len(explorer.axes) == 2


def test_where_somebody_is_there_the_controls_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "is_live", lambda: True)
    shown = catch_displays(monkeypatch)
    explorer = make_explorer()
    explorer._ipython_display_()
    assert shown == [(explorer.box, {})]
    assert explorer.summary == "The last of three bars is 6.0 high."


def test_no_two_are_drawn_at_once_though_moves_come_in_a_thread_of_their_own() -> None:
    drawing, most = [], []

    def draw(ax: Axes, n: int) -> None:
        drawing.append(n)
        most.append(len(drawing))
        time.sleep(0.03)
        drawing.remove(n)
        say(ax, f"It is {n}.")

    def move(explorer: Explorer, values: range) -> None:
        for n in values:
            explorer.controls["n"].value = n
            assert explorer.summary == f"It is {n}."

    explorers = [
        Explorer(draw, {"n": ipywidgets.IntSlider(0, max=10, description="n")}, stills={})
        for _ in range(2)
    ]
    thread = threading.Thread(target=move, args=[explorers[0], range(1, 6)])
    thread.start()
    move(explorers[1], range(6, 11))
    thread.join()
    assert most == [1] * 10


def test_descriptions_are_not_cut_off() -> None:
    for control in make_explorer().controls.values():
        assert control.style.description_width == "initial"


def test_axes_keep_their_place_while_they_have_the_same_labels() -> None:
    def draw(ax, label: str, size: int) -> None:  # noqa: ANN001
        ax.plot([0, 1], [0, size])
        ax.set(ylim=(-1, 4))
        ax.set_yticks([1], [label])
        say(ax, f"A line up to {label}.")

    controls = {
        "label": ipywidgets.Dropdown(options=["1", "2", "1" * 30], description="label"),
        "size": ipywidgets.IntSlider(0, max=3, description="size"),
    }
    explorer = Explorer(draw, controls, stills={})
    explorer.update()
    first = explorer.axes[0].get_position()
    controls["size"].value = 1
    assert explorer.axes[0].get_position().bounds == first.bounds
    controls["label"].value = "1" * 30
    wide = explorer.axes[0].get_position()
    assert wide.x0 > first.x0 + 0.1
    controls["size"].value = 2
    assert explorer.axes[0].get_position().bounds == wide.bounds
    controls["label"].value = "1"
    assert explorer.axes[0].get_position().bounds == first.bounds
