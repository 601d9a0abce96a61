"""The figure of a forecast: points, curves, interval and words of the numbers that it was given."""

import numpy as np
import pytest

from course_utils.evaluation.learning_curve import forecast_error
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import summary_of
from course_utils.figures.forecasts import STRAIGHT, WITH_FLOOR, plot_forecast

SIZES = [10, 20, 40]
WRONG = np.arange(100)[None] < np.array([40, 25, 18])[:, None]


def test_points_both_laws_and_the_interval_are_drawn_and_said() -> None:
    forecast = forecast_error(SIZES, WRONG, 160, draws=10)
    straight = forecast_error(SIZES, WRONG, 160, floor=False, draws=1)
    ax = plot_forecast(SIZES, WRONG, forecast)
    lines = {line.get_label(): line for line in ax.lines}
    for name, law in ((WITH_FLOOR, forecast), (STRAIGHT, straight)):
        x, y = lines[name].get_data()
        assert (x[0], x[-1]) == (pytest.approx(10), pytest.approx(160))
        assert y == pytest.approx(law.at(x))
    measured, ends = ax.containers
    assert list(measured.lines[0].get_ydata()) == [0.4, 0.25, 0.18]
    (bar, *_) = measured.lines[2][0].get_segments()
    assert bar[:, 1] == pytest.approx(wilson_interval(40, 100))
    assert ends.lines[0].get_xydata().tolist() == [[160, forecast.error]]
    assert ends.lines[2][0].get_segments()[0][:, 1] == pytest.approx([forecast.low, forecast.high])
    said = summary_of(ax.figure)
    assert "Error 0.400 at 10, 0.250 at 20, 0.180 at 40." in said
    assert (
        f"Forecast for 160: {forecast.error:.3f} [{forecast.low:.3f}, {forecast.high:.3f}], floor "
        f"{forecast.floor:.3f}; a straight line of logarithms says {straight.error:.3f}." in said
    )
    assert "Measured there" not in said
    assert not any(line.get_marker() == "*" for line in ax.lines)


@pytest.mark.parametrize(("apart", "said"), [(0.0, "held"), (1.0, "missed"), (-1.0, "missed")])
def test_what_was_measured_at_the_forecast_stands_beside_it(apart: float, said: str) -> None:
    forecast = forecast_error(SIZES, WRONG, 160, draws=10)
    truth = forecast.high + apart * (forecast.high - forecast.low + 0.01)
    ax = plot_forecast(SIZES, WRONG, forecast, truth=truth, x_label="labels")
    (star,) = (line for line in ax.lines if line.get_marker() == "*")
    assert star.get_xydata().tolist() == [[160, truth]]
    assert summary_of(ax.figure).endswith(f"Measured there: {truth:.3f}; the interval {said} it.")
    assert ax.get_xlabel() == "labels"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["10", "20", "40", "160"]
