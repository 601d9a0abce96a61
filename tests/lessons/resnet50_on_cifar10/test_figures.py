"""Figures of lesson 06: what is drawn is what was given."""

import numpy as np
import pytest
import torch

from course_utils.evaluation.comparison import compare_models
from course_utils.figures.axes import new_axes, summary_of
from course_utils.lessons.resnet50_on_cifar10.figures import (
    plot_differences,
    plot_dots,
    plot_side_by_side,
)


@pytest.mark.parametrize("channels", [1, 3])
def test_each_picture_keeps_its_pixels_and_marks_what_a_filter_sees(channels: int) -> None:
    generator = torch.Generator().manual_seed(0)
    given = {
        name: torch.rand(channels, side, side, generator=generator)
        for name, side in (("small", 8), ("large", 28))
    }
    axes = plot_side_by_side(given, 3)
    for ax, (name, picture) in zip(axes, given.items(), strict=True):
        drawn = np.asarray(ax.images[0].get_array())
        assert np.allclose(drawn.reshape(*drawn.shape[:2], channels), picture.permute(1, 2, 0))
        (square,) = ax.patches
        assert square.get_width() == square.get_height() == 3
        assert name in ax.get_title() and f"{len(drawn)} x {len(drawn)}" in ax.get_title()
    words = summary_of(axes[0].figure)
    assert "small: 8 x 8 pixels." in words and "marks 3 x 3 pixels" in words


def test_differences_stand_at_their_place_with_their_intervals() -> None:
    base = np.arange(100) < 80
    better, worse = np.arange(100) < 90, np.arange(100) < 75
    groups = {
        "one": {"low": compare_models(better, base), "high": compare_models(worse, base)},
        "ten": {"low": compare_models(worse, base)},
    }
    ax = plot_differences(groups, x_label="gain", y_label="rate")
    drawn = [line for line in ax.lines if line.get_marker() in "os"]
    assert [list(line.get_xdata()) for line in drawn] == [[0.1, -0.05], [-0.05]]
    assert ax.lines[0].get_xdata() == [0, 0]  # no difference
    assert [label.get_text() for label in ax.get_yticklabels()] == ["low", "high"]
    low, high = groups["one"]["low"].low, groups["one"]["low"].high
    assert f"one, low: +0.100 [{low:+.3f}, {high:+.3f}]." in summary_of(ax.figure)
    segments = ax.collections[0].get_segments()
    assert np.allclose(segments[0][:, 0], [low, high])
    assert ax.get_legend() is not None


def test_dots_are_on_a_logarithmic_scale_without_bars() -> None:
    ax = plot_dots({"a": 1.0, "b": 24.0}, x_label="times less", ax=new_axes())
    assert ax.get_xscale() == "log" and not ax.patches
    (dots,) = ax.lines
    assert list(dots.get_xdata()) == [1.0, 24.0]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first on top
    assert "b: times less 24." in summary_of(ax.figure)
