"""Figures of lesson 02: a filter at work, filters of a layer, the commonest confusions."""

import pytest
import torch
import torch.nn.functional as F

from course_utils.figures.axes import summary_of
from course_utils.lessons.pretraining.plots import plot_confusions, plot_filter, plot_filters


def test_a_filter_its_picture_and_its_answers_stand_side_by_side() -> None:
    picture = torch.zeros(1, 1, 8, 8)
    picture[..., 4:] = 1.0  # dark from the fifth column on
    kernel = torch.tensor([[-1.0, 0.0, 1.0]] * 3).view(1, 1, 3, 3)
    channel = F.conv2d(picture, kernel, padding=1)
    axes = plot_filter(picture, kernel, channel, place=(3, 4))
    shown = [ax.images[0].get_array() for ax in axes]
    assert [ax.get_title() for ax in axes] == ["picture", "filter", "channel", "after ReLU"]
    assert torch.equal(torch.tensor(shown[2].data), channel[0, 0])
    assert shown[3].min() == 0 and shown[3].max() == 3
    frame = axes[0].lines[0]  # the 3x3 pixels around row 3, column 4
    assert sorted(set(frame.get_xdata())) == [2.5, 5.5]
    assert sorted(set(frame.get_ydata())) == [1.5, 4.5]
    assert [text.get_text() for text in axes[1].texts] == ["-1", "0", "1"] * 3
    words = summary_of(axes[0].figure)
    assert "the answer to it, 3.00. Answers go from -3.00 to 3.00" in words


def test_the_largest_answer_is_framed_where_no_place_is_given() -> None:
    channel = torch.zeros(1, 1, 8, 8)
    channel[0, 0, 0, 6] = 2.0
    axes = plot_filter(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 3, 3), channel)
    assert sorted(set(axes[2].lines[0].get_xdata())) == [5.5, 6.5]
    assert axes[0].get_ylim() == (7.5, -0.5)  # the patch reaches beyond the picture


def test_filters_stand_in_two_rows_each_scaled_by_its_own_largest_number() -> None:
    start, now = torch.ones(4, 1, 3, 3), -5 * torch.ones(4, 1, 3, 3)
    ax = plot_filters(start, now)
    sheet = ax.images[0].get_array()
    assert sheet[0, 0] == 1 and sheet[4, 0] == 0
    assert [text.get_text() for text in ax.texts] == ["start", "now"]


def test_confusions_are_counted_and_the_commonest_come_first() -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 2, 2])
    answers = torch.tensor([0, 1, 1, 2, 1, 0, 2])
    ax = plot_confusions(labels, answers, ("O", "Q", "Z"), count=2)
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names[0] == "O as Q" and len(names) == 2
    assert [bar.get_width() for bar in ax.patches] == [2, 1]
    assert "These are 75% of all 4 mistakes." in summary_of(ax.figure)


@pytest.mark.parametrize("count", [1, 3])
def test_no_more_confusions_are_shown_than_there_are(count: int) -> None:
    ax = plot_confusions(torch.tensor([0, 1]), torch.tensor([1, 1]), ("A", "B"), count=count)
    assert len(ax.patches) == 1
