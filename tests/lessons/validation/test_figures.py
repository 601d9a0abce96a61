"""The figures of lesson 05 show the numbers they are given, and say them."""

import numpy as np
import pytest

from course_utils.figures.axes import summary_of
from course_utils.lessons.validation import figures


def words(ax: object) -> str:
    """What the figure says."""
    return summary_of(ax.figure)


def test_a_run_keeps_one_colour_and_its_lowest_validation_loss_is_marked() -> None:
    runs = {"ill": [[3, 3], [2, 1], [1, 2]], "well": [[3, 2], [2, 1], [1, 0.5]]}
    ax = figures.plot_two_runs(runs)
    for number in range(2):
        train, val, mark = ax.lines[3 * number : 3 * number + 3]
        assert train.get_color() == val.get_color() == mark.get_color()
        assert (train.get_linestyle(), val.get_linestyle()) == ("--", "-")
    assert ax.lines[0].get_color() != ax.lines[3].get_color()
    assert ax.lines[2].get_xydata().tolist() == [[2, 1]]
    assert "ill: training loss from 3 to 1; validation loss from 3 to 2, lowest 1 at epoch 2." in (
        words(ax)
    )


def test_intervals_that_miss_the_truth_stand_out_and_are_counted() -> None:
    ax = figures.plot_intervals([(0.8, 0.95), (0.91, 0.99), (0.7, 0.89), (0.85, 0.9)], truth=0.9)
    holds, misses = ax.collections
    assert [segment[0][0] for segment in holds.get_segments()] == [1, 4]
    assert [segment[0][0] for segment in misses.get_segments()] == [2, 3]
    assert words(ax) == "4 intervals around a true accuracy of 0.9: 2 hold it, 2 miss it."


def test_no_miss_can_be_drawn_too() -> None:
    assert "1 hold it, 0 miss it" in words(figures.plot_intervals([(0.8, 0.95)], truth=0.9))


def test_each_value_is_a_dot_in_its_row() -> None:
    ax = figures.plot_rows_of_dots({"a": [1, 2, 6], "b": [2, 2, 2]}, x_label="points")
    assert list(ax.lines[0].get_xdata()) == [1, 2, 6]
    assert all(abs(height - 1) < 0.3 for height in ax.lines[1].get_ydata())
    assert [segment[0][0] for one in ax.collections for segment in one.get_segments()] == [3, 2]
    assert "a: points 3 on average over 3" in words(ax)


def test_score_and_truth_of_each_way_stand_one_below_the_other() -> None:
    repeats = {"leaky": [[1.0, 0.8], [1.0, 0.84]], "honest": [[0.8, 0.81], [0.84, 0.83]]}
    ax = figures.plot_scores_and_truths(repeats)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["leaky", "honest"]
    assert "leaky, score reported: 1.000 [1.000, 1.000]." in words(ax)
    assert "honest, on fresh pictures: 0.820 " in words(ax)


@pytest.mark.parametrize("way", ["leaky", "honest"])
def test_the_legend_names_each_sign_once(way: str) -> None:
    ax = figures.plot_scores_and_truths({way: [[1.0, 0.8], [0.9, 0.84]]})
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["score reported", "on fresh pictures"]


def test_wrong_answers_are_per_cents_with_their_intervals() -> None:
    right = {"random": np.arange(50) > 0, "by block": np.arange(50) > 4}
    ax = figures.plot_wrong_answers(right)
    assert [bar.get_width() for bar in ax.patches] == [2, 10]
    assert "random: wrong answers, % 2 [0.354, 10.5]. by block: wrong answers, % 10 [" in words(ax)
