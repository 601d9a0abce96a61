"""From seconds to kilowatt hours, money and carbon dioxide, each assumption with its unit."""

from dataclasses import dataclass, fields

from course_utils.session.parameters import check_count

HOUR = 3600  # seconds


@dataclass(frozen=True)
class Assumptions:
    """What a bill is made of; every number is one to change.

    Attributes:
        device_power: Watts of a GPU at work, or of a processor. Default: an A100's limit by its
            data sheet; most trainings stay below.
        rest_power: Watts of the rest of the machine for each GPU, with cooling. An assumption.
        price_per_kwh: Of electricity. Default: a household's in the European Union, 0.29 euros
            with taxes (Eurostat, electricity prices for households, 2024).
        rent_per_hour: Of a GPU with its share of a machine. An assumption: prices differ by a
            factor of four between providers and change each month; look yours up.
        co2_per_kwh: Grams of carbon dioxide. Default: the world's mean, 480 (Ember, Global
            Electricity Review 2024, of the year 2023); from below 60 to above 700 by country.
        currency: Of both prices.

    Raises:
        ValueError: If a number is below 0.
    """

    device_power: float = 400.0
    rest_power: float = 150.0
    price_per_kwh: float = 0.29
    rent_per_hour: float = 2.0
    co2_per_kwh: float = 480.0
    currency: str = "EUR"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "currency" and not value >= 0:
                raise ValueError(f"{field.name} must be 0 or more, got {value}")

    def __str__(self) -> str:
        return (
            f"{self.device_power:.0f} W a device and {self.rest_power:.0f} W for the rest, "
            f"{self.price_per_kwh:.2f} {self.currency} a kilowatt hour, "
            f"{self.rent_per_hour:.2f} {self.currency} rent a device and hour, "
            f"{self.co2_per_kwh:.0f} g of CO2 a kilowatt hour"
        )


@dataclass(frozen=True)
class Bill:
    """What a run costs: on a machine of one's own the electricity, on a rented one the rent.

    Attributes:
        hours: That pass.
        kilowatt_hours: Of all devices and what is around them.
        electricity: Its price, in ``currency``.
        rent: Of all devices, with their electricity, in ``currency``.
        co2: Grams of carbon dioxide.
        currency: Of both prices.
    """

    hours: float
    kilowatt_hours: float
    electricity: float
    rent: float
    co2: float
    currency: str

    def __str__(self) -> str:
        paid = f"{self.electricity:.3g} {self.currency} of electricity"
        if self.rent:
            paid = f"{self.rent:.3g} {self.currency} of rent, electricity included"
        return (
            f"{self.hours:.3g} hours, {self.kilowatt_hours:.3g} kilowatt hours: "
            f"{paid}; {self.co2 / 1000:.3g} kg of CO2"
        )


def make_bill(seconds: float, assumptions: Assumptions | None = None, count: int = 1) -> Bill:
    """The bill of a run.

    Args:
        seconds: That it takes, 0 or more.
        assumptions: None for the defaults, which are those of an A100.
        count: Devices that work at the same time.

    Raises:
        ValueError: If a number does not fit; it says which.
    """
    check_count("count", count)
    if not seconds >= 0:
        raise ValueError(f"seconds must be 0 or more, got {seconds}")
    given = assumptions or Assumptions()
    hours = seconds / HOUR
    kilowatt_hours = hours * count * (given.device_power + given.rest_power) / 1000
    return Bill(
        hours=hours,
        kilowatt_hours=kilowatt_hours,
        electricity=kilowatt_hours * given.price_per_kwh,
        rent=hours * count * given.rent_per_hour,
        co2=kilowatt_hours * given.co2_per_kwh,
        currency=given.currency,
    )
