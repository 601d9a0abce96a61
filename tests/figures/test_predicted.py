"""Predicted over measured: points, band and words are of the numbers that were given."""

import pytest

from course_utils.figures.axes import summary_of
from course_utils.figures.predicted import plot_predicted

MEASURED = {"one": {"narrow": 0.01, "$wide_": 0.1}, "two": {"narrow": 0.02, "$wide_": 0.12}}
PREDICTED = {"one": {"narrow": 0.012, "$wide_": 0.09}, "two": {"$wide_": 0.12, "narrow": 0.01}}


def test_each_group_has_its_points_and_what_is_outside_of_the_band_its_name() -> None:
    ax = plot_predicted(MEASURED, PREDICTED)
    lines = {line.get_label(): line for line in ax.lines}
    for group in MEASURED:
        places = list(zip(*lines[group].get_data(), strict=True))
        assert places == [(MEASURED[group][n], PREDICTED[group][n]) for n in MEASURED[group]]
    equal = lines["predicted as measured"]
    assert list(equal.get_xdata()) == list(equal.get_ydata()) == list(ax.get_xlim())
    assert ax.get_xscale() == ax.get_yscale() == "log" and ax.get_xlim() == ax.get_ylim()
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("narrow", (0.02, 0.01))]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("measured seconds", "predicted seconds")
    assert summary_of(ax.figure) == (
        "one: 2 of 2 within a factor of 1.5, predicted / measured from 0.90 to 1.20. "
        "two: 1 of 2 within a factor of 1.5, predicted / measured from 0.50 to 1.00; outside: "
        "narrow 0.50."
    )
    wide = plot_predicted(MEASURED, PREDICTED, factor=2.5, unit="bytes")
    assert "two: 2 of 2 within a factor of 2.5" in summary_of(wide.figure) and not wide.texts
    assert wide.get_xlabel() == "measured bytes"


def test_numbers_that_cannot_be_drawn_are_refused() -> None:
    one = {"one": MEASURED["one"]}
    for measured, predicted, factor, words in (
        ({}, {}, 1.5, "1 to 6 groups and a factor above 1, got 0 and 1.5"),
        (MEASURED, PREDICTED, 1.0, "got 2 and 1.0"),
        (MEASURED, one, 1.5, r"the same groups .* got \['one', 'two'\] and \['one'\]"),
        (one, {"one": {"narrow": 1.0}}, 1.5, "in each the same names"),
        ({"one": {}}, {"one": {}}, 1.5, "at least one"),
        ({"one": {"a": 0.0}}, {"one": {"a": 1.0}}, 1.5, "one, a: numbers must be above 0, got 0.0"),
        ({"one": {"a": 1.0}}, {"one": {"a": float("inf")}}, 1.5, "above 0, got inf"),
    ):
        with pytest.raises(ValueError, match=words):
            plot_predicted(measured, predicted, factor=factor)
