"""A guess follows its slider, its button keeps it, and the common one stands in for nobody's."""

import ipywidgets
import pytest

from course_utils.figures.axes import new_axes
from course_utils.learning.guesses import Guess
from course_utils.session import learner
from course_utils.widgets.guessing import GuessControl, ask_guess
from tests.helpers.moving import catch_displays, values_to_try

SCALES = {
    "linear": (Guess("01 loss", 0.0, 5.0, 1.0, "nats"), None, ipywidgets.FloatSlider),
    "log": (Guess("00 speed", 1.0, 1000.0, 30.0, "steps", True), None, ipywidgets.FloatLogSlider),
    "choices": (
        Guess("03 labels", 1, 50, 10, "labels"),
        [1, 5, 10, 50],
        ipywidgets.SelectionSlider,
    ),
}


@pytest.mark.parametrize("scale", SCALES)
def test_the_guess_follows_the_slider(live: None, scale: str) -> None:
    guess, choices, kind = SCALES[scale]
    control = GuessControl(guess, choices)
    assert isinstance(control.slider, kind)
    assert control.slider.value == pytest.approx(guess.common)
    digits = ".2g" if scale == "log" else ".3g"
    for value in values_to_try(control.slider):
        control.slider.value = value
        assert guess.own == guess.value == pytest.approx(control.slider.value)
        assert f"Your guess: {guess.own:{digits}} ({guess.unit})" in control.words.value


def test_the_button_keeps_the_value_that_the_slider_started_with(live: None) -> None:
    guess = Guess("01 loss", 0.0, 5.0, 1.0, "nats")
    control = GuessControl(guess)
    assert guess.own is None
    control.button.click()
    assert guess.own == 1.0


def test_where_nobody_is_there_the_common_guess_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    guess = ask_guess("01 loss", low=0, high=5, common=1.0, unit="nats")
    assert guess.own is None
    assert guess.value == 1.0
    said = "No guess yet. The figure shows a common one: 1 nats\n"
    assert capsys.readouterr().out == said


def test_where_somebody_is_there_the_slider_is_shown(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = catch_displays(monkeypatch)
    guess = ask_guess("03 labels", choices=[1, 5, 50], common=5, unit="labels")
    ((box, _),) = shown
    box.children[0].children[0].value = 50
    assert guess.own == 50
    assert (guess.low, guess.high) == (1, 50)


@pytest.mark.slow
def test_an_earlier_guess_is_there_when_the_cell_runs_again(live: None) -> None:
    first = Guess("01 loss", 0.0, 5.0, 1.0, "nats")
    GuessControl(first).slider.value = 4.0
    again = Guess("01 loss", 0.0, 5.0, 1.0, "nats")
    control = GuessControl(again)
    assert again.own == control.slider.value == 4.0
    assert "Your guess: 4 (nats). Now run the next cell." in control.words.value
    again.mark(new_axes(), truth=2.0)
    seen = Guess("01 loss", 0.0, 5.0, 1.0, "nats")
    assert "You guessed 4; it was 2." in GuessControl(seen).words.value


@pytest.mark.parametrize("choices", [None, [0.0, 1.0, 5.0]])
def test_an_earlier_guess_that_fits_the_scale_no_more_is_left_out(
    live: None, choices: list[float] | None
) -> None:
    learner.keep("guesses", "01 loss", {"guess": 9.0 if choices is None else 2.0})
    guess = Guess("01 loss", 0.0, 5.0, 1.0, "nats")
    assert GuessControl(guess, choices).slider.value == 1.0
    assert guess.own is None


def test_a_common_guess_that_is_no_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="common must be one of the choices"):
        ask_guess("03 labels", choices=[1, 5, 50], common=7, unit="labels")
