"""Guesses are drawn beside the truth, measured against it, and the first own one is remembered."""

from pathlib import Path

import pytest

from course_utils.figures.axes import new_axes, summary_of
from course_utils.learning.guesses import Guess
from course_utils.session import learner


def make_guess(own: float | None = None, **changes: object) -> Guess:
    """A guess on a scale from 0 to 10."""
    values = {"low": 0.0, "high": 10.0, "common": 5.0, "unit": "nats", "own": own} | changes
    return Guess("01 loss", **values)


def test_the_common_guess_is_drawn_until_there_is_an_own_one() -> None:
    guess = make_guess()
    assert guess.value == 5
    guess.own = 2.0
    assert guess.value == 2


@pytest.mark.parametrize(
    "ends", [{"low": 3.0, "high": 3.0}, {"low": 0.0, "high": 9.0, "log": True}]
)
def test_an_empty_scale_is_refused(ends: dict) -> None:
    with pytest.raises(ValueError, match="a scale needs low < high"):
        make_guess(**ends)


def test_a_common_guess_beyond_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match=r"common must be 0.0 to 10.0, got 11"):
        make_guess(common=11)


def test_distance_is_a_share_of_the_scale_and_at_most_one() -> None:
    assert make_guess().distance(2, 7) == pytest.approx(0.5)
    assert make_guess().distance(-90, 900) == 1
    assert make_guess().distance(4, 4) == 0


def test_on_a_logarithmic_scale_twice_is_as_far_as_half() -> None:
    guess = make_guess(low=1.0, high=100.0, log=True)
    assert guess.distance(20, 10) == pytest.approx(guess.distance(5, 10))
    assert guess.distance(1, 10) == pytest.approx(0.5)


@pytest.mark.parametrize(("own", "words"), [(None, "A common guess: 5."), (2.0, "Your guess: 2.")])
def test_the_figure_says_whose_guess_it_is(own: float | None, words: str) -> None:
    ax = new_axes()
    make_guess(own).mark(ax, truth=7.0)
    assert summary_of(ax.figure) == f"{words} Truth: 7."
    assert [line.get_ydata()[0] for line in ax.lines] == [own or 5, 7]


def test_a_guess_that_met_its_truth_is_remembered_and_no_later_one(own_file: None) -> None:
    first, second = make_guess(), make_guess()
    first.take(3.0)
    first.take(2.0)
    assert learner.remembered("guesses") == {"01 loss": {"guess": 2.0}}
    first.mark(new_axes(), truth=7.0)
    second.take(7.0)
    second.mark(new_axes(), truth=7.0)
    (kept,) = learner.remembered("guesses").values()
    assert kept == {"guess": 2.0, "truth": 7.0, "off": 0.5, "common_off": 0.2}


def test_a_common_guess_and_one_without_truth_do_not_count(own_file: None) -> None:
    make_guess().mark(new_axes(), truth=7.0)
    assert learner.remembered("guesses") == {}
    guess = make_guess()
    guess.take(2.0)
    guess.mark(new_axes())
    assert learner.remembered("guesses") == {"01 loss": {"guess": 2.0}}


def test_a_batch_run_writes_no_guess(own_file: None, tmp_path: Path) -> None:
    make_guess().mark(new_axes(), truth=7.0)
    assert not list(tmp_path.iterdir())
