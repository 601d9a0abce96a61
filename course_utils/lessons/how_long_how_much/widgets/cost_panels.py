"""Time, memory and price of a training as rows of marks, beside those of another training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.costs.forecasts import duration_text
from course_utils.figures.plots import COLOURS
from course_utils.files import size_text
from course_utils.lessons.how_long_how_much.figures import PARTS
from course_utils.lessons.how_long_how_much.widgets.priced import Cost

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DURATIONS = {"1 ms": 1e-3, "1 s": 1, "1 min": 60, "1 h": 3600, "1 year": 31_557_600}
BYTES = {"1 MB": 1e6, "100 MB": 1e8, "10 GB": 1e10, "1 TB": 1e12}
NUMBERS = {"0.0001": 1e-4, "0.01": 1e-2, "1": 1, "100": 100, "10,000": 1e4}
LEAST = 1e-9  # where a price of nothing stands on a logarithmic axis
ROUNDING = 1e-6  # of a factor


@dataclass(frozen=True)
class Row:
    """One number of a panel, and how it is written."""

    value: float
    text: str


@dataclass(frozen=True)
class Panel:
    """One of three axes, with a logarithmic scale.

    Attributes:
        rows: By name.
        ticks: Places by the label of the tick.
        label: Of the axis.
    """

    rows: Mapping[str, Row]
    ticks: Mapping[str, float]
    label: str


def panels_of(cost: Cost) -> tuple[Panel, Panel, Panel]:
    """Time, memory and price, with the same rows for every cost."""
    memory = cost.memory
    times = {"one epoch": cost.epoch, "the run": cost.run}
    parts = {name: getattr(memory, part) for part, name in PARTS.items()}
    sizes = {name: Row(part, size_text(part)) for name, part in parts.items()}
    total = Row(memory.total, f"{size_text(memory.total)} of {size_text(cost.room)}")
    prices = {
        "energy": Row(cost.kilowatt_hours, f"{number_text(cost.kilowatt_hours)} kWh"),
        "money": Row(cost.money, f"{number_text(cost.money)} {cost.currency}, {cost.paid_for}"),
    }
    return (
        Panel({name: Row(s, duration_text(s)) for name, s in times.items()}, DURATIONS, "time"),
        Panel(sizes | {"in all, at least": total}, BYTES, "memory; black: there is"),
        Panel(prices, NUMBERS, "kilowatt hours, money"),
    )


def is_moved(times: float) -> bool:
    """Whether a number is that many times as at the start, rounding aside."""
    return abs(times - 1) > ROUNDING


def number_text(number: float) -> str:
    """Three digits at least, and never a power of ten for large ones."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def draw_panel(ax: Axes, now: Panel, before: Panel, ends: tuple[float, float]) -> dict[str, float]:
    """A row for each number; how many times as large as before each is, by name."""
    changes = {}
    for place, (name, row) in enumerate(now.rows.items()):
        old, new = max(before.rows[name].value, LEAST), max(row.value, LEAST)
        changes[name] = new / old
        moved = is_moved(changes[name])
        colour = COLOURS[moved]
        ax.plot([old, new], [place, place], color=colour, lw=2, alpha=0.5)
        ax.plot(old, place, marker="o", mec="gray", mfc="white", ms=7)
        ax.plot(new, place, marker="s" if moved else "o", color=colour, ms=8)
        text = f"{row.text}  x {number_text(changes[name])}" if moved else row.text
        ax.text(
            0.99, place - 0.32, text,
            transform=ax.get_yaxis_transform(), ha="right", va="center", fontsize=9, color=colour,
            weight="bold" if moved else "normal",
        )  # fmt: skip
    ax.set_yticks(range(len(now.rows)), list(now.rows), fontsize=9)
    shown = {label: at for label, at in now.ticks.items() if ends[0] <= at <= ends[1]}
    ax.set(xscale="log", xlim=ends, ylim=(len(now.rows) - 0.5, -0.7), xlabel=now.label)
    ax.set_xticks(list(shown.values()), list(shown), fontsize=8)
    ax.minorticks_off()
    return changes
