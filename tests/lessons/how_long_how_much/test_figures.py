"""Figures of lesson 14: their marks and words are of the numbers that they were given."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from course_utils.costs.memory import MemoryBound
from course_utils.evaluation.learning_curve import forecast_error
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import summary_of
from course_utils.learning.guesses import Guess
from course_utils.lessons.how_long_how_much.figures import plot_memory, plot_predicted
from course_utils.lessons.how_long_how_much.label_figures import plot_coverage, plot_labels
from course_utils.lessons.how_long_how_much.published_figure import plot_published

MEASURED = {"small": 0.1, "wide": 0.4, "deep_$": 2.0}
PREDICTED = {
    "peak only": {"small": 0.05, "wide": 0.3, "deep_$": 1.0},
    "compute and traffic": {"small": 0.11, "wide": 0.36, "deep_$": 2.9},
}
BOUNDS = {"small": MemoryBound(1e6, 2e6, 4e6, 8e6), "wide": MemoryBound(3e6, 3e6, 6e6, 48e6)}
GROWTH = {"small": 20e6, "wide": 75e6}
RUNS = {"ResNet-50, 88 epochs": 77.2, "ResNet-50, 16 epochs": 14.9, "airbench": 0.06}
BY_RULE = {"ResNet-50, 88 epochs": 70.0, "ResNet-50, 16 epochs": 13.4, "airbench": 0.13}


def marks(ax: Axes, sign: str) -> list[list[float]]:
    """Places of all points that are drawn with that marker."""
    lines = [line for line in ax.lines if line.get_marker() == sign]
    return [point for line in lines for point in line.get_xydata().tolist()]


def test_points_stand_at_measured_and_predicted_seconds_in_a_band_round_equality() -> None:
    ax = plot_predicted(MEASURED, PREDICTED)
    for sign, seconds in zip("os", PREDICTED.values(), strict=True):
        assert marks(ax, sign) == [[MEASURED[name], seconds[name]] for name in MEASURED]
    line = ax.lines[0]
    assert np.array_equal(line.get_xdata(), line.get_ydata()) and ax.get_xlim() == ax.get_ylim()
    (band,) = ax.collections
    x, y = band.get_paths()[0].vertices.T
    assert max(y / x) == pytest.approx(1.5) and min(y / x) == pytest.approx(1 / 1.5)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    said = summary_of(ax.figure)
    assert (
        "peak only: 1 of 3 networks within a factor of 1.5, predicted / measured from 0.50 to "
        "0.75; outside: small 0.50, deep_$ 0.50." in said
    )
    assert (
        "compute and traffic: 3 of 3 networks within a factor of 1.5, predicted / measured from "
        "0.90 to 1.45." in said
    )
    named = {text.get_text(): list(text.xy) for text in ax.texts}
    assert named == {"small": [0.1, 0.05], r"deep_\$": [2.0, 1.0]}


def test_the_band_may_be_of_another_width_and_decides_who_is_outside() -> None:
    ax = plot_predicted(MEASURED, PREDICTED, factor=1.2)
    assert "compute and traffic: 2 of 3 networks within a factor of 1.2" in summary_of(ax.figure)
    assert [text.get_text() for text in ax.texts] == ["small", "wide", r"deep_\$", r"deep_\$"]


def test_parts_of_the_bound_stand_one_after_the_other_beside_what_was_measured() -> None:
    ax = plot_memory(BOUNDS, GROWTH)
    for row, bound in enumerate(BOUNDS.values()):
        parts = [1e6 * bar.get_width() for bar in ax.patches[row :: len(BOUNDS)]]
        assert parts == pytest.approx([bound.weights, bound.gradients, bound.optimizer, bound.kept])
        starts = [1e6 * bar.get_x() for bar in ax.patches[row :: len(BOUNDS)]]
        assert starts == pytest.approx(np.cumsum([0, *parts])[:-1])
    assert marks(ax, "D") == [[20.0, 0.0], [75.0, 1.0]]
    assert len({bar.get_hatch() for bar in ax.patches}) == 4
    said = summary_of(ax.figure)
    assert f"small: {BOUNDS['small']}; measured 20.00 MB, the bound is 0.75 of it." in said
    assert "measured 75.00 MB, the bound is 0.80 of it." in said
    assert ax.get_xlim()[1] > 75


def test_labels_show_the_truth_and_the_guess_beside_the_forecast() -> None:
    wrong = np.arange(100)[None] < np.array([40, 25, 18])[:, None]
    forecast = forecast_error([10, 20, 40], wrong, 160, draws=10)
    guess = Guess("14 error", 0.01, 1, 0.03, "error", True, own=0.05)
    ax = plot_labels([10, 20, 40], wrong, forecast, truth=0.12, guess=guess)
    assert marks(ax, "*") == [[160, 0.12]]
    said = summary_of(ax.figure)
    assert said.endswith("Your guess: 0.05. Truth: 0.12.") and "Measured there: 0.120" in said
    assert [0.05, 0.05] in [list(line.get_ydata()) for line in ax.lines]
    assert ax.get_xlabel() == "labels to learn from"
    assert "guess" not in summary_of(plot_labels([10, 20, 40], wrong, forecast).figure)


def test_coverage_is_a_share_with_its_interval_beside_what_was_promised() -> None:
    ax = plot_coverage({"floor": (29, 40), "line_$": (38, 40), "few": (1, 40)})
    for row, (bar, count) in enumerate(zip(ax.containers, (29, 38, 1), strict=True)):
        assert bar.lines[0].get_xydata().tolist() == [[count / 40, row]]
        ends = bar.lines[2][0].get_segments()[0][:, 0]
        assert ends == pytest.approx(wilson_interval(count, 40))
    said = summary_of(ax.figure)
    low, high = wilson_interval(29, 40)
    assert f"floor: 29 of 40 intervals held the truth, 0.72 [{low:.2f}, {high:.2f}]" in said
    assert "; 0.95 is above that. line_$: 38 of 40" in said and "; 0.95 is within that." in said
    below = plot_coverage({"floor": (29, 40)}, promised=0.2)
    assert "0.20 is below that." in summary_of(below.figure)
    assert below.lines[-1].get_xdata()[0] == 0.2
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == ["floor\n29 of 40", "line_\\$\n38 of 40", "few\n1 of 40"]


def test_published_runs_stand_beside_the_rule_and_those_it_was_made_from_are_hollow() -> None:
    made_from = {"ResNet-50, 16 epochs"}
    ax = plot_published(BY_RULE, RUNS, x_label="minutes", made_from=made_from)
    assert marks(ax, "D") == [[seconds, row] for row, seconds in enumerate(RUNS.values())]
    assert marks(ax, "o") == [[seconds, row] for row, seconds in enumerate(BY_RULE.values())]
    drawn = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert [line.get_markerfacecolor() == "white" for line in drawn] == [False, True, False]
    assert [text.get_text() for text in ax.texts] == ["0.91", "0.90", "2.17"]
    said = summary_of(ax.figure)
    assert "ResNet-50, 88 epochs: minutes predicted 70, published 77.2: 0.91 of it. " in said
    assert "published 14.9: 0.90 of it; the rule was made from it." in said
    assert said.count("the rule was made") == 1
    low, high = ax.get_xlim()
    assert ax.get_xscale() == "log" and low < 0.06 and high > 77.2


def test_numbers_that_do_not_fit_are_refused() -> None:
    for wrong, words in (
        ((MEASURED, {"peak": {"small": 1.0}}), r"peak needs numbers for \['small', 'wide', 'dee"),
        ((MEASURED, {"peak": MEASURED | {"wide": 0.0}}), "peak, wide: must be above 0 and finite"),
        (({}, {}), r"measured needs numbers for \[\], got \[\]"),
        ((MEASURED, {}), "give 1 to 6 ways of predicting and a factor above 1, got 0"),
    ):
        with pytest.raises(ValueError, match=words):
            plot_predicted(*wrong)
    with pytest.raises(ValueError, match="a factor above 1, got 2 and 1"):
        plot_predicted(MEASURED, PREDICTED, factor=1)
    with pytest.raises(ValueError, match=r"measured needs numbers for \['small', 'wide'\], got"):
        plot_memory(BOUNDS, {"small": 1e6})
    with pytest.raises(ValueError, match="published, airbench: must be above 0 and finite, got n"):
        plot_published(BY_RULE, RUNS | {"airbench": float("nan")}, x_label="minutes")
    with pytest.raises(ValueError, match="must be of 1 to 6 laws, got 0"):
        plot_coverage({})
    with pytest.raises(ValueError, match="got 5 of 4"):
        plot_coverage({"floor": (5, 4)})
