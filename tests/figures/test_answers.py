"""Confusions and reliability show the numbers they are given, and say them."""

import numpy as np

from course_utils.figures.answers import plot_confusion, plot_reliability
from course_utils.figures.axes import new_axes, summary_of


def words(ax: object) -> str:
    """What the figure says."""
    return summary_of(ax.figure)


def test_a_confusion_matrix_shows_counts_and_says_the_commonest_mistake() -> None:
    ax = plot_confusion([[9, 1, 0], [4, 5, 2], [0, 0, 7]], ["one", "two", "three"])
    shown = [text.get_text() for text in ax.texts]
    assert shown == ["9", "1", "·", "4", "5", "2", "·", "·", "7"]
    coloured = ax.images[0].get_array()
    assert np.diag(coloured).tolist() == [0, 0, 0] and coloured[1, 0] == 4
    assert "Of 28 answers 21 are on the diagonal" in words(ax)
    assert "two taken for one, 4 times" in words(ax)


def test_mistakes_that_are_equally_common_are_all_named_or_counted() -> None:
    names = ["one", "two", "three"]
    two = summary_of(plot_confusion([[9, 0, 4], [4, 5, 2], [0, 0, 7]], names).figure)
    assert "The commonest mistake: one taken for three, two taken for one, 4 times each." in two
    five = summary_of(plot_confusion(np.ones((3, 3), dtype=int), names).figure)
    assert "two taken for one, 3 others, 1 times each." in five


def test_a_matrix_of_many_classes_has_no_numbers_and_one_without_mistakes_is_drawn() -> None:
    names = [str(number) for number in range(30)]
    ax = plot_confusion(np.eye(30, dtype=int), names)
    assert not ax.texts
    assert "30 are on the diagonal, right. There is no mistake." in words(ax)


def test_reliability_is_drawn_bin_by_bin_with_intervals_that_hold_it() -> None:
    bins = np.array([[10, 0.4, 0.3], [30, 0.9, 0.8]])
    ax = plot_reliability({"as trained": bins}, title="a model", ax=new_axes())
    diagonal, curve = ax.lines
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert curve.get_xydata().tolist() == [[0.4, 0.3], [0.9, 0.8]]
    for segment, (_, p, a) in zip(ax.collections[0].get_segments(), bins, strict=True):
        assert segment[0][0] == p and segment[0][1] < a < segment[1][1]
    assert "probability 0.775 on average and 0.675 of them are right" in words(ax)
    assert "the bins lie 0.100 off the line on average" in words(ax)


def test_the_way_is_said_in_which_a_model_is_off() -> None:
    for share, side in ((0.5, "surer"), (0.95, "less sure")):
        bins = [[10, 0.8, share]]
        ax = plot_reliability({"m": bins}, title="t", ax=new_axes())
        assert f"are right: it is {side} than right" in words(ax), share
