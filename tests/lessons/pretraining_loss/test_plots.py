"""Lesson 01's own figures mark the right places and say them in words."""

import numpy as np

from course_utils.figures.axes import summary_of
from course_utils.lessons.pretraining_loss.descent_plots import plot_descent
from course_utils.lessons.pretraining_loss.plots import (
    plot_likelihood_and_loss,
    plot_loss_of_probability,
)


def test_rows_lie_on_the_curve_of_minus_ln_p() -> None:
    ax = plot_loss_of_probability([0.9, 0.25, 0.001], -np.log([0.9, 0.25, 0.001]))
    curve, *rows = ax.lines
    p, losses = curve.get_data()
    assert np.allclose(losses, -np.log(p)) and p.min() < 0.001
    for row in rows:
        (place,) = row.get_xydata()
        assert np.isclose(np.exp(-place[1]), place[0])
    assert "Row 2: 1.39 nats at p = 0.25." in summary_of(ax.figure)
    assert len({row.get_marker() for row in rows}) == 3


def test_likelihood_and_loss_mark_their_common_place() -> None:
    places = np.array([0.5, 1.0, 2.0, 4.0])
    losses = np.array([3.0, 1.0, 2.0, 4.0])
    ax = plot_likelihood_and_loss(places, np.exp(-losses), losses, x_label="T", title="3 letters")
    assert ax.get_ylabel() and ax.get_xlabel() == "T"
    assert "largest at 1; loss smallest, 1, at 1" in summary_of(ax.figure)
    assert ax.get_ylim()[1] < 1  # the likelihood fills its axis


def test_an_underflown_likelihood_is_said_to_be_zero() -> None:
    ax = plot_likelihood_and_loss([1, 2], [0, 0], [5, 4], x_label="T", title="all")
    assert "0 everywhere" in summary_of(ax.figure)


def test_descent_marks_the_lowest_point_and_the_ends_of_the_paths() -> None:
    x, y = np.linspace(0, 4, 9), np.linspace(0, 2, 5)
    surface = (x - 3) ** 2 + (y[:, None] - 1) ** 2 + 0.25
    paths = {"exact": [[0, 0], [3, 1]], "noisy": [[0, 0], [2, 1.5], [2.5, 0.5]]}
    ax = plot_descent(x, y, surface, paths, x_label="a", y_label="b")
    summary = summary_of(ax.figure)
    assert "exact: 1 steps end at (3.00, 1.00)." in summary
    assert "noisy: 2 steps end at (2.50, 0.50)." in summary
    assert "Lowest point of the grid: (3.00, 1.00), loss 0.250 nats." in summary
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
