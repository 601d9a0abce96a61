"""Ask for a guess with a slider, before the cell that computes the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import ipywidgets
from IPython.display import display

from course_utils.learning.guesses import Guess
from course_utils.session import learner
from course_utils.widgets.layout import fit_to_page, name_controls, slider_over


def ask_guess(
    name: str,
    *,
    common: float,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    choices: Sequence[float] | None = None,
) -> Guess:
    """Show a slider for a guess where somebody is there; else say which guess is drawn.

    Args:
        name: Short name of what is guessed, beginning with the number of the lesson.
        common: A guess that many people make; the slider starts there.
        unit: What the number counts, in words.
        low: Left end of the slider, if there are no ``choices``.
        high: Right end.
        log: Whether the slider is logarithmic.
        choices: The only values there are, ascending.

    Returns:
        The guess, which follows the slider.

    Raises:
        ValueError: If ``common`` is none of the choices, or lies beyond the ends.
    """
    if choices is not None:
        if common not in choices:
            raise ValueError(f"common must be one of the choices {list(choices)}, got {common}")
        low, high = min(choices), max(choices)
    guess = Guess(name, low, high, common, unit, log)
    if learner.is_live():
        display(GuessControl(guess, choices).box)
    else:
        print(f"No guess yet. The figure shows a common one: {common:g} {unit}")
    return guess


class GuessControl:
    """Slider, button and words around a ``Guess``.

    Args:
        guess: Takes the value of the slider when that is moved, or when the button is pressed.
        choices: The only values of the slider; None for a continuous one.
    """

    def __init__(self, guess: Guess, choices: Sequence[float] | None = None) -> None:
        self.guess = guess
        kept = learner.remembered("guesses").get(guess.name, {})
        # Shift+Enter after moving the slider runs the cell of the guess once more.
        if "guess" in kept and _fits(kept["guess"], guess, choices):
            guess.own = kept["guess"]
        self.slider = _make_slider(guess, choices)
        self.button = ipywidgets.Button(description="Keep this guess")
        self.words = ipywidgets.HTML().add_class("course-words")
        fit_to_page(self.slider)
        if guess.own is None:
            self._say("Move the slider, or keep this value, before you run the next cell.")
        elif "truth" in kept:
            self._say(f"You guessed {guess.own:.3g}; it was {kept['truth']:.3g}.")
        else:
            self._say_guess()
        self.slider.observe(self._on_move, names="value")
        self.button.on_click(self._on_move)
        rows = [ipywidgets.HBox([self.slider, self.button]), self.words, name_controls()]
        rows[0].layout.flex_flow = "row wrap"
        self.box = ipywidgets.VBox(rows).add_class("course-widget").add_class("course-guess")

    def _on_move(self, change: object) -> None:
        self.guess.take(float(self.slider.value))
        self._say_guess()

    def _say_guess(self) -> None:
        number = f"{self.guess.own:{_format(self.guess)}}"
        self._say(f"Your guess: {number} ({self.guess.unit}). Now run the next cell.")

    def _say(self, sentence: str) -> None:
        self.words.value = f"<p style='margin:0'>{escape(sentence)}</p>"


def _format(guess: Guess) -> str:
    """How its numbers are written: a step of a logarithmic slider is some per cent."""
    return ".2g" if guess.log else ".3g"


def _fits(own: float, guess: Guess, choices: Sequence[float] | None) -> bool:
    """Whether a guess kept earlier is on the scale, which may have changed since."""
    return guess.low <= own <= guess.high and (choices is None or own in choices)


def _make_slider(guess: Guess, choices: Sequence[float] | None) -> ipywidgets.DOMWidget:
    description = f"your guess, {guess.unit}"
    if choices is not None:
        places = [float(choice) for choice in choices]
        return slider_over(places, description, start=float(guess.value), form="{:g}".format)
    label = {"description": description, "continuous_update": False}
    if guess.log:
        ends = {"min": math.log10(guess.low), "max": math.log10(guess.high)}
        return ipywidgets.FloatLogSlider(
            value=guess.value, **ends, step=(ends["max"] - ends["min"]) / 100,
            readout_format=_format(guess), **label
        )  # fmt: skip
    step = (guess.high - guess.low) / 100
    return ipywidgets.FloatSlider(
        value=guess.value,
        min=guess.low,
        max=guess.high,
        step=step,
        **label,
        readout_format=_format(guess),
    )
