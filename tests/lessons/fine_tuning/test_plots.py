"""Gains and the first steps of training: what is drawn and said is what the scores give."""

import numpy as np
import pytest
from scipy import stats

from course_utils.figures.axes import new_axes, summary_of
from course_utils.lessons.fine_tuning.plots import plot_gains, plot_watched

COUNTS = [1, 10]
GAINS = {
    "one rate": np.array([[0.02, 0.10], [-0.03, 0.11], [0.04, 0.13]]),
    "careful": np.array([[0.20, -0.10], [0.22, 0.05], [0.27, 0.01]]),
}


def test_a_gain_is_filled_where_the_paired_test_tells_it_from_nothing() -> None:
    ax = new_axes()
    plot_gains(GAINS, COUNTS, ax=ax, first=2)
    bars, looks = iter(ax.containers), set()
    for table in GAINS.values():
        for repeats in table.T:
            line, _, (lengths,) = next(bars).lines
            interval = stats.ttest_1samp(repeats, 0).confidence_interval(0.95)
            ((_, low), (_, high)) = lengths.get_segments()[0]
            assert float(line.get_ydata()[0]) == pytest.approx(repeats.mean())
            assert (low, high) == pytest.approx((interval.low, interval.high))
            told = stats.ttest_1samp(repeats, 0).pvalue < 0.05
            assert (line.get_markerfacecolor() != "white") == told
            looks.add(told)
    assert looks == {True, False}
    assert "Gain of one rate over the frozen backbone: +0.010 [" in summary_of(ax.figure)
    assert "at 10, different" in summary_of(ax.figure)


def test_intervals_at_one_label_count_stand_side_by_side() -> None:
    ax = new_axes()
    plot_gains(GAINS, COUNTS, ax=ax)
    places = [float(bar.lines[0].get_xdata()[0]) for bar in ax.containers]
    assert len(set(places)) == len(places)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1", "10"]


def test_losses_stand_at_the_ends_of_rounds_and_worths_from_the_start() -> None:
    runs = [([1.5, 0.5], [0.9, 0.8, 0.7]), ([1.3, 0.3], [0.9, 0.6, 0.5])]
    axes = new_axes(2)
    plot_watched({"at once": runs}, 5, axes)
    (losses,), (worths,) = ax_lines = [ax.lines for ax in axes]
    assert list(losses.get_xdata()) == [5, 10] and list(worths.get_xdata()) == [0, 5, 10]
    assert list(losses.get_ydata()) == pytest.approx([1.4, 0.4])
    assert list(worths.get_ydata()) == pytest.approx([0.9, 0.7, 0.6])
    assert len(ax_lines) == 2 and axes[0].get_ylim()[0] == 0
