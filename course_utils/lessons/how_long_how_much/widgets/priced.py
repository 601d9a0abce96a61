"""What a training costs at any size of pictures, with counts made once for each network.

To count a large network takes half a second, and a slider is to answer at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from course_utils.costs.bills import Assumptions, make_bill
from course_utils.costs.forecasts import Forecast, forecast
from course_utils.costs.hardware import Hardware
from course_utils.costs.machine import Machine
from course_utils.costs.memory import MemoryBound
from course_utils.costs.networks import imagine
from course_utils.costs.seconds import SecondsModel

STEP = 32  # pixels; networks halve a picture up to five times, sizes between would be rounded
COUNTED = (STEP, 2 * STEP)  # pixels a side, at which operations and bytes are counted


@dataclass(frozen=True)
class Training:
    """One choice of everything.

    Attributes:
        network: A name that ``imagine`` knows.
        num_pictures: Of an epoch.
        size: Pixels a side, a multiple of 32.
        batch_size: Pictures of a step, of all devices together.
        num_epochs: Times that all are learned from.
        on: Where it runs.
        count: GPUs of the table that share a batch; a measured machine is always one.
    """

    network: str
    num_pictures: int
    size: int
    batch_size: int
    num_epochs: int
    on: Machine | Hardware
    count: int = 1


@dataclass(frozen=True)
class Prices:
    """What training costs here and there.

    Attributes:
        seconds_model: Of this machine.
        own: Power and price for this machine, on which the electricity is paid.
        rented: The same for GPUs of the table, on which rent is paid; each has its own power.
        room: Bytes free on this machine.
    """

    seconds_model: SecondsModel
    own: Assumptions
    rented: Assumptions
    room: float


@dataclass(frozen=True)
class Cost:
    """What one training costs.

    Attributes:
        epoch: Seconds of one epoch.
        run: Seconds of all.
        memory: The least that each device needs.
        room: Bytes that each has.
        kilowatt_hours: Of all devices and what is around them.
        money: What is paid.
        paid_for: Electricity on this machine, rent for a GPU of the table.
        currency: Of the money.
    """

    epoch: float
    run: float
    memory: MemoryBound
    room: float
    kilowatt_hours: float
    money: float
    paid_for: str
    currency: str


def price(training: Training, prices: Prices) -> Cost:
    """The cost of a training, carried on from forecasts at two sizes of its pictures."""
    on, is_rented = training.on, isinstance(training.on, Hardware)
    count = training.count if is_rented else 1
    small, large = (_foretell(training, prices, side, count) for side in COUNTED)
    run = _carry_on(small.seconds, large.seconds, training.size)
    kept = _carry_on(small.memory.kept, large.memory.kept, training.size)
    given = replace(prices.rented, device_power=on.power) if is_rented else prices.own
    bill = make_bill(run, given, count)
    return Cost(
        epoch=run / training.num_epochs,
        run=run,
        memory=replace(small.memory, kept=kept),
        room=on.memory if is_rented else prices.room,
        kilowatt_hours=bill.kilowatt_hours,
        money=bill.rent if is_rented else bill.electricity,
        paid_for="rent" if is_rented else "electricity",
        currency=bill.currency,
    )


def count_all(trainings: Sequence[Training], prices: Prices) -> None:
    """Count the networks of all, which takes up to a second for each and is kept.

    Raises:
        ValueError: If a network is unknown, or does not take pictures of any size.
    """
    for training in trainings:
        imagine(training.network)
        try:
            price(training, prices)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"{training.network} cannot take pictures of {COUNTED[0]} pixels a side ({error}); "
                "choose networks of convolutions that take pictures of any size"
            ) from error


def _foretell(training: Training, prices: Prices, side: int, count: int) -> Forecast:
    """The forecast for pictures of another size; networks are counted once at each."""
    return forecast(
        training.network,
        _shape(training.network, side),
        num_examples=training.num_pictures,
        num_epochs=training.num_epochs,
        batch_size=training.batch_size,
        on=training.on,
        seconds_model=None if isinstance(training.on, Hardware) else prices.seconds_model,
        count=count,
    )


def _carry_on(small: float, large: float, size: int) -> float:
    """The straight line over pixels through both numbers.

    For networks of convolutions it is exact: operations and kept bytes grow with the pixels, but
    for those of the head, and seconds with both.
    """
    share = (size**2 - COUNTED[0] ** 2) / (COUNTED[1] ** 2 - COUNTED[0] ** 2)
    return small + share * (large - small)


def _shape(network: str, side: int) -> tuple[int, int, int]:
    """(C, H, W) of what it takes."""
    backbone = getattr(imagine(network), "backbone", None)
    return getattr(backbone, "in_channels", 3), side, side
