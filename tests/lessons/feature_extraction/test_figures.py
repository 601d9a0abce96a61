"""Bars in pairs, and classes in the plane of widest spread, with a number beside them."""

import itertools

import pytest
import torch

from course_utils.figures.axes import summary_of
from course_utils.lessons.feature_extraction.figures import (
    plot_pairs,
    plot_planes,
    share_between,
    widest_plane,
)

PAIRS = {"mixed": {"frozen": 0.9, "drifting": 0.8}, "sorted": {"frozen": 0.95, "drifting": 0.5}}


def test_members_of_a_pair_differ_in_colour_and_pattern() -> None:
    ax = plot_pairs(PAIRS, x_label="accuracy")
    first, second = ax.containers
    assert [bar.get_width() for bar in first] == [0.9, 0.95]
    assert [bar.get_width() for bar in second] == [0.8, 0.5]
    assert first[0].get_facecolor() != second[0].get_facecolor()
    assert first[0].get_hatch() != second[0].get_hatch()
    assert [text.get_text() for text in ax.texts] == ["0.900", "0.950", "0.800", "0.500"]
    assert "sorted: accuracy frozen 0.950, drifting 0.500." in summary_of(ax.figure)


def test_bars_of_a_pair_do_not_overlap_and_stand_at_their_name() -> None:
    ax = plot_pairs(PAIRS, x_label="accuracy")
    ends = sorted((bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches)
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(ends))
    assert [text.get_text() for text in ax.get_yticklabels()] == ["mixed", "sorted"]


def test_the_share_between_classes_is_one_on_points_and_zero_on_one_mean() -> None:
    labels = torch.tensor([0, 1, 0, 1])
    assert share_between(torch.tensor([[1.0], [3.0], [1.0], [3.0]]), labels) == 1
    assert share_between(torch.tensor([[1.0], [1.0], [3.0], [3.0]]), labels) == 0
    # Means 1 and 4 about 2.5: 4 * 2.25 = 9 between; 13 in all.
    rows = torch.tensor([[0.0], [3.0], [2.0], [5.0]])
    assert share_between(rows, labels) == pytest.approx(9 / 13)


def test_classes_may_have_gaps_in_their_numbers() -> None:
    assert share_between(torch.tensor([[1.0], [3.0]]), torch.tensor([2, 7])) == 1


def test_the_plane_is_that_of_widest_spread_whatever_the_directions_are_called() -> None:
    corners = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 3)
    flat = corners * torch.tensor([0.1, 5.0, 2.0]) + 7
    places, share = widest_plane(flat)
    assert torch.allclose(places, flat[:, 1:] - 7, atol=1e-4)
    assert share == pytest.approx(29 / 29.01)
    turned, same_share = widest_plane(-flat)
    assert same_share == pytest.approx(share)
    assert torch.allclose(turned, -places, atol=1e-4)


def test_each_point_is_drawn_as_the_number_of_its_class() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(60) % 3
    inputs = {name: torch.randn(60, 5, generator=generator) for name in ("a", "b", "c")}
    shares = {"a": 0.25, "b": 0.5, "c": 0.75}
    axes = plot_planes(inputs, labels, shares, ["a", "c"])
    assert [ax.get_title().splitlines()[:2] for ax in axes] == [
        ["a", "0.25 of the spread between classes"],
        ["c", "0.75 of the spread between classes"],
    ]
    assert [len(part.get_offsets()) for part in axes[0].collections] == [20, 20, 20]
    assert len({tuple(part.get_facecolor()[0]) for part in axes[0].collections}) == 3
    assert "in this plane" in summary_of(axes[0].figure)
