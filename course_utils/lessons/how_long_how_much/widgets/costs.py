"""Lesson 14: my pictures, my network, my machine, and which of time, memory and price they move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import ipywidgets

from course_utils.costs.bills import Assumptions
from course_utils.costs.forecasts import duration_text, room_of
from course_utils.costs.hardware import HARDWARE, RULE_OF_THUMB, Hardware
from course_utils.costs.machine import Machine
from course_utils.costs.seconds import SecondsModel
from course_utils.data.plain_text import counted
from course_utils.figures.axes import say
from course_utils.files import size_text
from course_utils.lessons.how_long_how_much.figures import PARTS
from course_utils.lessons.how_long_how_much.widgets.cost_panels import (
    LEAST,
    draw_panel,
    is_moved,
    number_text,
    panels_of,
)
from course_utils.lessons.how_long_how_much.widgets.priced import (
    STEP,
    Cost,
    Prices,
    Training,
    count_all,
    price,
)
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERE, A_GPU = "this machine", next(iter(HARDWARE.values()))
NETWORKS = ("letters", "resnet18", "resnet50")
PICTURES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_281_167)  # the last is ImageNet
SIZES = tuple(range(STEP, 225, STEP))
BATCHES = (16, 32, 64, 128, 256, 512)
EPOCHS = (1, 3, 10, 30, 90)
COUNTS = (1, 2, 4, 8)
# Watts of a desktop processor at its usual limit, and of the rest; an assumption, to be changed.
OWN = Assumptions(device_power=65, rest_power=60, rent_per_hour=0)
WIDTH, HEIGHT = 3.7, 3.0  # inches of one of three axes


def draw_costs(
    axes: Sequence[Axes],
    *,
    places: Mapping[str, Machine | Hardware],
    prices: Prices,
    start: Training,
    limits: Sequence[tuple[float, float]],
    place: str,
    **chosen: Any,
) -> None:
    """Each number as a mark, in another colour where it is not as at the start.

    Args:
        axes: Three, for time, memory and price.
        places: Machines by the name in the menu.
        prices: What training costs here and there.
        start: That the numbers are compared with.
        limits: Of the axes.
        place: One of ``places``.
        chosen: The rest of a ``Training``.
    """
    training = Training(on=places[place], **chosen)
    now, before = price(training, prices), price(start, prices)
    changes = {}
    for ax, new, old, ends in zip(axes, panels_of(now), panels_of(before), limits, strict=True):
        changes |= draw_panel(ax, new, old, ends)
    axes[0].set_xlabel(f"time, {_devices(training)}")
    in_all = len(PARTS)  # the row below those of the parts
    axes[1].plot(now.room, in_all, marker="|", color="black", ms=14, mew=2.5)
    _say_cost(axes[0], training, now, place)
    _say_changes(axes[0], changes)


def _devices(training: Training) -> str:
    """How many devices compute; a machine that was measured is one, whatever is chosen."""
    if isinstance(training.on, Hardware):
        return counted(training.count, "GPU")
    return "one machine" if training.count == 1 else f"one machine, not {training.count}"


def _say_cost(ax: Axes, training: Training, cost: Cost, place: str) -> None:
    is_rented = isinstance(training.on, Hardware)
    where = (
        f"{training.count} x {place} at {RULE_OF_THUMB:.0%} of the peak"
        if is_rented
        else place
        + (", one thread" if training.on.device == "cpu" else "")
        + (f", which counts once and not {training.count} times" if training.count > 1 else "")
    )
    verdict = "may fit" if cost.memory.total <= cost.room else "does not fit"
    say(
        ax,
        f"{training.network}, {training.num_pictures:,} pictures of {training.size} x "
        f"{training.size}, batches of {training.batch_size}, epochs: {training.num_epochs}, on "
        f"{where}: one epoch {duration_text(cost.epoch)}, the run {duration_text(cost.run)}; "
        f"{cost.memory}, which {verdict} into {size_text(cost.room)}; "
        f"{number_text(cost.kilowatt_hours)} kilowatt hours, {number_text(cost.money)} "
        f"{cost.currency} of {cost.paid_for}.",
    )


def _say_changes(ax: Axes, changes: Mapping[str, float]) -> None:
    moved = [f"{name} x {number_text(times)}" for name, times in changes.items() if is_moved(times)]
    say(ax, f"Beside the start: {', '.join(moved) if moved else 'nothing moved'}.")


def explore_costs(
    machine: Machine,
    seconds_model: SecondsModel,
    *,
    networks: Sequence[str] = NETWORKS,
    own: Assumptions = OWN,
    rented: Assumptions | None = None,
) -> Explorer:
    """Pictures, network and machine to choose: what becomes of time, memory, energy and money?

    The networks are counted first, which takes up to a second for a large one.

    Args:
        machine: This one, as it was measured.
        seconds_model: Fitted on it.
        networks: Names that ``imagine`` knows, of networks of convolutions.
        own: Power and prices for this machine: its money is electricity.
        rented: The same for a GPU of the table, whose own power is taken: its money is rent.

    Raises:
        ValueError: If a network is unknown, or takes pictures of one size only.
    """
    prices = Prices(seconds_model, own, rented or Assumptions(), room_of(machine))
    places = {HERE: machine, **HARDWARE}
    controls = _controls(networks, places)
    first = {name: control.value for name, control in controls.items()}
    start = Training(on=places[first.pop("place")], **first)
    count_all(
        [replace(start, network=name, on=on) for name in networks for on in (machine, A_GPU)],
        prices,
    )
    limits = _limits(prices, networks, places)
    draw = partial(draw_costs, places=places, prices=prices, start=start, limits=limits)
    at_start = first | {"place": HERE}
    stills = {
        "at the start": at_start,
        "pictures twice as wide": at_start | {"size": 128},
        "on an A100": at_start | {"place": "A100 SXM 40 GB"},
    }
    return Explorer(draw, controls, stills=stills, columns=3, width=WIDTH, height=HEIGHT)


def _controls(
    networks: Sequence[str], places: Mapping[str, Machine | Hardware]
) -> dict[str, ipywidgets.DOMWidget]:
    """By the names in ``Training``, but for the place."""
    return {
        "num_pictures": slider_over(PICTURES, "pictures", start=10_000, form="{:,}".format),
        "size": slider_over(SIZES, "size, pixels a side", start=64),
        "network": ipywidgets.Dropdown(options=list(networks), description="network"),
        "batch_size": slider_over(BATCHES, "batch, pictures of a step", start=64),
        "num_epochs": slider_over(EPOCHS, "epochs", start=10),
        "place": ipywidgets.Dropdown(options=list(places), description="where"),
        "count": slider_over(COUNTS, "how many GPUs"),
    }


def _limits(
    prices: Prices, networks: Sequence[str], places: Mapping[str, Machine | Hardware]
) -> list[tuple[float, float]]:
    """Ends of the three axes between which all choices lie, with room beside."""
    ends = [(choices[0], choices[-1]) for choices in (PICTURES, SIZES, BATCHES, EPOCHS)]
    every = [
        panels_of(price(Training(*chosen, on=on, count=count), prices))
        for chosen in product(networks, *ends)
        for on in places.values()
        for count in (COUNTS[0], COUNTS[-1])
    ]
    found = []
    for panels in zip(*every, strict=True):
        numbers = [row.value for panel in panels for row in panel.rows.values()]
        numbers = [number for number in numbers if number > LEAST]
        found.append((min(numbers) / 3, 3 * max(numbers)))
    memory = min(found[1][0], prices.room), max(found[1][1], 2 * prices.room)
    return [found[0], memory, found[2]]
