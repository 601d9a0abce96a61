"""Figures of lesson 13: their marks and words are of the numbers that they were given."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from course_utils.figures.axes import as_png, summary_of
from course_utils.lessons.scaling_up.figures import LOWEST, plot_orders, plot_ways
from course_utils.lessons.scaling_up.process_figures import plot_processes
from course_utils.lessons.scaling_up.sampling import sampler_indices

DIFFERENCES = {
    "accumulated": {"float32": 4.5e-7, "float64": 1e-15, "batch norm live": 0.11},
    "$channels_": {"float32": 0.0, "batch norm live": 3e-5},
}
MEASURED = {1: [0.09, 0.08, 0.2], 2: [0.05, 0.06]}
PREDICTED = {8: 0.03, 1: 0.081, 4: 0.035}


def lines_of(ax: Axes) -> dict[str, tuple[list[float], list[float]]]:
    """Places of all lines and marks by their names in the legend."""
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines}


def test_a_row_a_way_and_a_mark_a_kind_over_the_band_of_rounding() -> None:
    ax = plot_ways(DIFFERENCES)
    lines = lines_of(ax)
    assert lines["float32"][0] == [4.5e-7, LOWEST] and lines["float64"][0] == [1e-15]
    assert lines["batch norm live"][0] == [0.11, 3e-5]
    for places, rows in lines.values():
        assert [round(row) for row in rows] == list(range(len(places)))
    assert len({rows[0] for _, rows in lines.values()}) == 3  # no mark hides another
    assert [label.get_text() for label in ax.get_yticklabels()] == ["accumulated", r"\$channels_"]
    (band,) = ax.patches
    assert band.get_x() + band.get_width() == pytest.approx(1e-5) and ax.get_xscale() == "log"
    texts = sorted(text.get_text() for text in ax.texts)
    assert texts == sorted(["4.5e-07", "1e-15", "0.11", "0", "3e-05"])
    assert summary_of(ax.figure) == (
        "accumulated: float32 4.5e-07; float64 1e-15; batch norm live 0.11, more than rounding. "
        "$channels_: float32 0; batch norm live 3e-05, more than rounding. Up to 1e-05 is rounding."
    )
    wider = plot_ways(DIFFERENCES, rounding=1e-4)
    assert "$channels_: float32 0; batch norm live 3e-05." in summary_of(wider.figure)


def test_differences_that_cannot_be_drawn_are_refused() -> None:
    for wrong, words in (
        ({}, "of 1 to 6 kinds, got 0"),
        ({"a": {}}, "of 1 to 6 kinds, got 0"),
        ({"a": {str(k): 1.0 for k in range(7)}}, "of 1 to 6 kinds, got 7"),
        ({"a": {"float32": float("nan")}}, "a, float32: a difference must be 0 or above, got nan"),
        ({"a": {"float32": -1e-9}}, "a, float32: a difference must be 0 or above, got -1e-09"),
    ):
        with pytest.raises(ValueError, match=words):
            plot_ways(wrong)


def test_what_was_not_tried_is_in_grey_and_says_so() -> None:
    ax = plot_processes(MEASURED, PREDICTED)
    lines = lines_of(ax)
    assert lines["measured, median"] == ([1, 2], [0.09, pytest.approx(0.055)])
    assert lines["predicted"] == ([1, 4, 8], [0.081, 0.035, 0.03])
    places, shared = lines["shared without loss"]
    assert np.allclose(np.multiply(places, shared), 0.09) and places[-1] == pytest.approx(8)
    dots = [list(line.get_ydata()) for line in ax.lines if line.get_marker() == "."]
    assert dots == list(MEASURED.values())
    (grey,) = ax.patches
    assert 2 < grey.get_x() < 4 and grey.get_x() + grey.get_width() > 8
    assert [text.get_text() for text in ax.texts] == ["not tried"]
    assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] > 0.2
    assert list(ax.get_xticks()) == [1, 2, 4, 8]
    assert summary_of(ax.figure) == (
        "Seconds of a step, measured by number of processes: 0.09 with 1, 0.055 with 2. "
        "Predicted for these: 0.081 with 1. Predicted, not tried: 0.035 with 4, 0.03 with 8."
    )
    alone = plot_processes({1: [2.0]}, {2: 2.5}, y_label="seconds of an epoch", shared=False)
    assert "shared without loss" not in lines_of(alone)
    assert summary_of(alone.figure) == (
        "Seconds of an epoch, measured by number of processes: 2 with 1. "
        "Predicted, not tried: 2.5 with 2."
    )


def test_seconds_that_cannot_be_drawn_are_refused() -> None:
    for measured, predicted in (({}, PREDICTED), (MEASURED, {}), (MEASURED, {1: 0.1, 2: 0.1})):
        with pytest.raises(ValueError, match="predicted for more processes than those; got"):
            plot_processes(measured, predicted)
    for measured, predicted, words in (
        ({1: []}, PREDICTED, r"with 1 processes: seconds must be above 0, got \[\]"),
        ({1: [0.0]}, PREDICTED, r"with 1 processes: seconds must be above 0, got \[0.0\]"),
        ({0: [1.0]}, PREDICTED, "with 0 processes"),
        (MEASURED, {4: float("nan")}, "with 4 processes"),
    ):
        with pytest.raises(ValueError, match=words):
            plot_processes(measured, predicted)


def test_without_set_epoch_each_row_is_the_same() -> None:
    def order(epoch: int) -> list[int]:
        return sampler_indices(8, 2, shuffle_seed=0, epoch=epoch)[0].tolist()

    orders = {
        "without set_epoch": [order(0)] * 3,
        "with set_epoch": [order(epoch) for epoch in range(3)],
    }
    assert 7 in orders["with set_epoch"][0]
    axes = plot_orders(orders)
    for ax, (title, epochs) in zip(axes, orders.items(), strict=True):
        assert np.array_equal(ax.images[0].get_array(), epochs) and ax.get_title() == title
        assert ax.images[0].get_clim() == (0, 7)
        written = {text.get_position(): text.get_text() for text in ax.texts}
        assert all(written[place, row] == str(epochs[row][place]) for place, row in written)
        assert len(written) == 12
    said = summary_of(axes[0].figure)
    assert said.startswith("without set_epoch: 3 epochs in 1 order: ")
    assert "with set_epoch: 3 epochs in 3 orders: " in said
    assert "; ".join(" ".join(map(str, epoch)) for epoch in orders["with set_epoch"]) in said
    assert as_png(axes[0].figure)


def test_orders_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one title"):
        plot_orders({})
    for wrong in ([[0, 1], [0]], [list(range(25))], [[]], []):
        with pytest.raises(ValueError, match="a: each epoch must have the same number of examples"):
            plot_orders({"a": wrong})
