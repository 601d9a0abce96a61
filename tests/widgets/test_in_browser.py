"""A small notebook in a real JupyterLab: widgets answer, and the checks see those that do not."""

import re

import pytest
from playwright.sync_api import Page

from tests.helpers.browser.chromium import HOW_TO_INSTALL, find_chromium
from tests.helpers.browser.keyboard import use_keyboard_alone
from tests.helpers.browser.lab import Lab, becomes, wait_until
from tests.helpers.browser.notebook_page import Watch, failures_in_cells, open_notebook, run_all
from tests.helpers.browser.widgets import (
    ANY,
    Pictures,
    answer_quiz,
    check_shown,
    move_all,
    move_explorer,
    press_until_words,
    state,
    too_wide,
)
from tests.helpers.notebook_files import write_notebook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=HOW_TO_INSTALL),
]

START = """from pathlib import Path

import ipywidgets
from course_utils.figures.axes import say
from course_utils.session.learner import remember_in
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.guessing import ask_guess
from course_utils.widgets.quiz import Question, Quiz

remember_in(Path("data"))


def explore(draw, *, layout=None, **controls):
    explorer = Explorer(draw, controls, stills={})
    for control in controls.values():
        if layout:
            control.layout = layout
    return explorer


def draw(ax, height=1, way="up", dotted=False, colour="black", ink="thin"):
    ax.plot([0, 1], [0, height if way == "up" else -height], color=colour,
            ls=":" if dotted else "-", lw=1 if ink == "thin" else 3)
    say(ax, f"A {colour}, {ink} line, {'' if dotted else 'not '}dotted, goes {way} {height:g} m.")
"""
EVERY_CONTROL = """explore(
    draw,
    height=ipywidgets.FloatSlider(
        description="height, metres", value=10, max=10, continuous_update=False),
    way=ipywidgets.Dropdown(description="way", options=["up", "down"]),
    dotted=ipywidgets.Checkbox(description="dotted"),
    colour=ipywidgets.RadioButtons(description="colour", options=["black", "red"]),
    ink=ipywidgets.ToggleButtons(description="ink", options=["thin", "thick"]),
)"""
GUESSES = """guess = ask_guess("00 height", common=3, unit="metres", low=0, high=10)"""
FURTHER_GUESSES = [
    'ask_guess("00 rate", common=0.1, unit="per step", low=0.001, high=10, log=True).value',
    'ask_guess("00 size", common=5, unit="pictures", choices=[1, 5, 20]).value',
]
QUIZ = """Quiz("00 animal", Question("Which one barks?", {
    "a cat": "It meows.", "a dog": "It does.", "a cow": "It moos."}, right="a dog"))"""


def run_cells(lab: Lab, page: Page, *cells: str | tuple[str, str]) -> None:
    """Run cells after ``START`` in a notebook of their own."""
    write_notebook(lab.root / "small.ipynb", START, *cells)
    open_notebook(lab, page, "small.ipynb")
    run_all(page)


def test_every_kind_of_widget_answers(lab: Lab, page: Page) -> None:
    watch = Watch()
    watch.listen_to(page)
    run_cells(lab, page, EVERY_CONTROL, ("A guess.", "markdown"), GUESSES, *FURTHER_GUESSES, QUIZ)
    assert page.locator(ANY).count() == 5
    assert len(move_all(page, Pictures())) == 5
    use_keyboard_alone(page, Pictures())
    assert failures_in_cells(page) == []
    assert too_wide(page, Pictures()) == []
    assert watch == Watch()


def test_running_the_cell_of_a_guess_again_keeps_the_guess(lab: Lab, page: Page) -> None:
    run_cells(lab, page, GUESSES, "round(guess.value, 1)")
    box = page.locator(".course-guess")
    box.locator("[role=slider]").focus()
    said = press_until_words(page, box, ("End",))
    page.keyboard.press("Shift+Enter")  # as one does to run what the words call the next cell
    page.keyboard.press("Shift+Enter")
    value = page.locator(".jp-OutputArea-executeResult").last
    assert becomes(lambda: value.inner_text().strip().endswith("10.0"), seconds=60)
    assert (said, state(box)[1]) == ("Your guess: 10 (metres). Now run the next cell.",) * 2


BROKEN = {
    "stops": """def stops(ax, way):
    if way == "down":
        raise ValueError("a planted error")
    draw(ax, way=way)

explore(stops, way=ipywidgets.Dropdown(description="way", options=["up", "down"]))""",
    "same_picture": """def same_picture(ax, height):
    say(ax, f"{height}")

explore(same_picture, height=ipywidgets.IntSlider(description="height"))""",
    "same_words": """def same_words(ax, height):
    ax.plot([0, height])
    say(ax, "A line.")

explore(same_words, height=ipywidgets.IntSlider(description="height"))""",
    "nameless": "explore(draw, height=ipywidgets.IntSlider())",
    "text": 'explore(draw, colour=ipywidgets.Text("red", description="colour"))',
    "wide": """explore(draw, layout=ipywidgets.Layout(width="60em", min_width="60em"),
    way=ipywidgets.Dropdown(description="way", options=["up", "down"]))""",
    "quiz": """question = Question("1 + 1?", {"2": "Yes.", "3": "No."}, right="2")
object.__setattr__(question, "right", "11")
Quiz("00 sum", question)""",
}


def test_what_is_broken_is_seen_and_said(lab: Lab, page: Page) -> None:
    run_cells(lab, page, *BROKEN.values())
    assert failures_in_cells(page) == []  # nothing was moved yet
    boxes = dict(zip(BROKEN, page.locator(ANY).all(), strict=True))

    def refused(name: str, message: str) -> None:
        with pytest.raises(AssertionError, match=message):
            check_shown(boxes[name], seconds=4)
            move_explorer(page, boxes[name], Pictures(), seconds=4)

    refused("stops", "stopped with ValueError: a planted error")
    alert = boxes["stops"].get_by_role("alert")
    assert alert.is_visible() and "a planted error" in alert.inner_text()
    assert any("a planted error" in failure for failure in failures_in_cells(page))
    refused("same_picture", 'ArrowLeft End Home on slider "height".* left picture as is')
    refused("same_words", 'on slider "height".* left words as is')
    refused("nameless", r"without a name: \['slider'\]")
    refused("text", "a control that no key here moves")
    with pytest.raises(AssertionError, match="0 answers are right"):
        answer_quiz(page, boxes["quiz"], Pictures())
    assert re.search(r"select reaches \d+ pixels too far", str(too_wide(page, Pictures())))


def test_failed_cells_errors_of_the_page_and_requests_elsewhere_are_said(
    lab: Lab, page: Page
) -> None:
    watch = Watch()
    watch.listen_to(page)
    run_cells(lab, page, "import sys\nprint('careful', file=sys.stderr)", "1 / 0", "2")
    failures = failures_in_cells(page)
    assert failures[0] == "careful"
    assert failures[1].endswith("ZeroDivisionError: division by zero")
    assert failures[2:] == ["1 cells did not run to their end"]
    assert watch == Watch()
    page.route("**/elsewhere.invalid/**", lambda route: route.abort())
    page.evaluate("() => { new Image().src = 'https://elsewhere.invalid/font.woff'; }")
    page.evaluate("() => { setTimeout(() => { throw new Error('planted'); }); }")
    expected = Watch(["planted"], ["https://elsewhere.invalid/font.woff"])
    wait_until(lambda: page.wait_for_timeout(50) or watch == expected, "both are seen")
