"""Hours to money, by hand."""

import pytest

from course_utils.costs.bills import Assumptions, Bill, make_bill


def test_a_bill_by_hand() -> None:
    given = Assumptions(300, 200, price_per_kwh=0.4, rent_per_hour=3, co2_per_kwh=100)
    # Two hours, four devices of 500 W: 4 kilowatt hours.
    assert make_bill(7200, given, count=4) == Bill(2, 4, 1.6, 24, 400, "EUR")


def test_nothing_costs_nothing_and_defaults_are_those_of_an_a100() -> None:
    assert make_bill(0) == Bill(0, 0, 0, 0, 0, "EUR")
    assert make_bill(3600).kilowatt_hours == pytest.approx(0.55)


def test_lines_are_plain() -> None:
    said = str(make_bill(7200, Assumptions(300, 200, 0.4, 3, 100, "USD"), count=4))
    assert said == (
        "2 hours, 4 kilowatt hours: 24 USD of rent, electricity included; 0.4 kg of CO2"
    )
    own = str(make_bill(7200, Assumptions(300, 200, 0.4, 0, 100, "USD"), count=4))
    assert own == "2 hours, 4 kilowatt hours: 1.6 USD of electricity; 0.4 kg of CO2"
    assert "\n" not in str(Assumptions()) and "0.29 EUR a kilowatt hour" in str(Assumptions())


@pytest.mark.parametrize(
    "name", ["device_power", "rest_power", "price_per_kwh", "rent_per_hour", "co2_per_kwh"]
)
def test_an_assumption_below_0_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be 0 or more, got -1"):
        Assumptions(**{name: -1})


def test_impossible_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="seconds must be 0 or more, got -5"):
        make_bill(-5)
    with pytest.raises(ValueError, match="count must be a whole number from 1"):
        make_bill(5, count=0)
