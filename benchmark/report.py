"""What a run found: as a table, as JSON with every single measurement, and as one figure."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from benchmark.measurements import Comparison, Reading, Result, Skipped, Spread, spread
from course_utils.figures.axes import DPI, new_axes, say, summary_of
from course_utils.figures.plots import plot_bars
from course_utils.files import write_whole

BUSY = 0.5  # processes that want to run, on average, above which a machine is not idle
HEADER = ("what", "against", "ratio", "ours", "other", "unit", "goal")
EXPLANATION = """\
Each number is a median over the rounds [smallest, largest]. The ratio says how many times as fast
ours was as the other side in the turn beside it; in part d, which share of the machine's own rate
of matrix products was reached."""


def table(results: Sequence[Result], titles: Mapping[str, str]) -> str:
    """All results in words, part by part, with notes below the rows they belong to."""
    lines = []
    for part, title in titles.items():
        mine = [result for result in results if result.part == part]
        rows = [HEADER, *(_row(result) for result in mine)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
        lines += ["", f"{part}  {title}", _line(HEADER, widths)]
        for result, row in zip(mine, rows[1:], strict=True):
            lines.append(_line(row, widths))
            if note := getattr(result, "note", ""):
                lines.append(f"     ({note})")
    return "\n".join([*lines, "", EXPLANATION])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"   {'  '.join(cells)}".rstrip()


def _row(result: Result) -> tuple[str, ...]:
    if isinstance(result, Skipped):
        return (result.name, "", "skipped", "", "", "", result.reason)
    if isinstance(result, Reading):
        measured = str(spread(result.values))
        return (result.name, "", "", measured, "", result.unit, result.verdict)
    medians = (f"{spread(side).median:.3g}" for side in (result.ours, result.other))
    ratio = str(spread(result.ratios))
    return (result.name, result.other_name, ratio, *medians, result.unit, result.verdict)


def warnings_about(machine: Mapping[str, Any]) -> str:
    """What to tell the reader about the state of the machine; empty if nothing."""
    load = machine["load_at_start"]
    if load <= BUSY:
        return ""
    return (
        f"The machine was busy at the start (load {load:g} on {machine['cores']} cores): the "
        "ratios are blurred. Measure again when it is idle."
    )


def as_json(
    results: Sequence[Result], machine: Mapping[str, Any], settings: Mapping[str, Any]
) -> str:
    """Facts and every single measurement, by round, as text."""
    content = {"machine": machine, "settings": settings, "results": [_entry(r) for r in results]}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _entry(result: Result) -> dict[str, Any]:
    entry = {"kind": type(result).__name__.lower(), **asdict(result)}
    if isinstance(result, Comparison):
        ratios = spread(result.ratios)._asdict()
        entry |= {"ratios": result.ratios, "ratio": ratios, "verdict": result.verdict}
    return entry


def bars_of(results: Sequence[Result], parts: str) -> dict[str, dict[str, Spread]]:
    """What the figure shows of ``parts``: by the label of the axis, each bar with its ends."""
    bars: dict[str, dict[str, Spread]] = {}
    for result in results:
        if isinstance(result, Skipped) or result.part not in parts:
            continue
        name = f"{result.part}: {result.name}"
        if isinstance(result, Reading):
            bars.setdefault(result.unit, {})[name] = spread(result.values)
        else:
            if result.part == "c":  # several others did the same work
                name += f", {result.other_name}"
            bars.setdefault(result.axis, {})[name] = spread(result.ratios)
    return bars


def draw(results: Sequence[Result]) -> Figure:
    """One figure, an axes for each kind of number: parts a to d, or if there are none, e to g."""
    bars = bars_of([r for r in results if not _is_start(r)], "abcd") or bars_of(results, "efg")
    most = max((len(group) for group in bars.values()), default=1)
    axes = np.atleast_1d(new_axes(max(1, len(bars)), height=1.2 + 0.25 * most))
    for ax, (label, group) in zip(axes, bars.items(), strict=False):
        middles = {name: each.median for name, each in group.items()}
        ends = {name: (each.low, each.high) for name, each in group.items()}
        is_ratio = label == "times as fast"
        plot_bars(middles, intervals=ends, x_label=label, log_x=is_ratio, ax=ax)
        if is_ratio:
            ax.set_xlim(left=0.7 * min(1, *(each.low for each in group.values())))
            ax.axvline(1, color="black", lw=1)
    if not bars:
        say(axes[0], "Nothing could be measured.")
    return axes[0].figure


def _is_start(result: Result) -> bool:
    """Whether this is what a loop of part c needs to start, which only the table shows."""
    return isinstance(result, Reading) and result.part == "c"


def write_report(
    results: Sequence[Result], machine: Mapping[str, Any], settings: Mapping[str, Any], out: Path
) -> None:
    """Write ``results.json``, ``benchmark.png`` and, in words, ``benchmark.txt`` to ``out``."""
    figure, picture = draw(results), io.BytesIO()
    figure.savefig(picture, format="png", dpi=DPI, metadata={"Software": None})
    write_whole(out / "results.json", as_json(results, machine, settings).encode())
    write_whole(out / "benchmark.png", picture.getvalue())
    write_whole(out / "benchmark.txt", (summary_of(figure) + "\n").encode())
