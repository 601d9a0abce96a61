"""The page of many runs: what each lesson came to in figures and tables, and every run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from course_utils.figures.axes import as_png, new_axes, say, summary_of
from course_utils.notebooks.outcomes import Picture
from course_utils.notebooks.pages import write_template
from course_utils.runs.store import RECORD
from course_utils.runs.summary import SEED, Record, Row, differing, text_of_setting

MOST_PANELS = 12  # values drawn for a lesson; the table has all
COLUMNS = 3
LABEL_WIDTH = 22  # letters of a line beside an axis


def write_runs_page(
    records: Sequence[Record], rows: Sequence[Row], num_planned: int, page: Path
) -> None:
    """Write the page of these runs.

    Args:
        records: Of the runs that are there, finished or failed.
        rows: What ``summarise`` makes of them.
        num_planned: Runs that were asked for.
        page: File to write, in the folder that keeps the runs.
    """
    num_failed = sum(record["error"] is not None for record in records)
    missing = num_planned - len(records)
    values = {
        "title": "Many runs",
        "summary": f"{num_planned} runs asked for: {len(records) - num_failed} ran to their end, "
        f"{num_failed} failed, {missing} not done yet.",
        "lessons": [_lesson(lesson, records, rows) for lesson in _lessons_in(records)],
    }
    write_template("runs.html", page, values)


def _lessons_in(records: Sequence[Record]) -> list[str]:
    return sorted({record["lesson"] for record in records})


def _lesson(lesson: str, records: Sequence[Record], rows: Sequence[Row]) -> dict[str, Any]:
    own = [record for record in records if record["lesson"] == lesson]
    settings = [_without(record["parameters"], {SEED}) for record in own]
    telling = differing(settings)
    in_all = _without(settings[0], telling)
    short = {text_of_setting(each): text_of_setting(_without(each, in_all)) for each in settings}
    shown = [replace(row, setting=short[row.setting]) for row in rows if row.lesson == lesson]
    of_kind = {
        kind: [row for row in shown if row.kind == kind]
        for kind in ("value", "word", "claim", "failed")
    }
    return {
        "title": own[0]["title"],
        "in_all": text_of_setting(in_all),
        "picture": draw_values(of_kind["value"]),
        **of_kind,
        "runs": [_run(record, in_all) for record in own],
    }


def _without(parameters: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in names}


def _run(record: Record, in_all: Collection[str]) -> Mapping[str, Any]:
    notebook = f"{record['lesson']}{'.failed' if record['error'] else ''}.ipynb"
    folder = f"{record['lesson']}/{record['key']}"
    return {
        "setting": text_of_setting(_without(record["parameters"], in_all)) or "as in all",
        "seconds": record["seconds"],
        "came_to": record["error"] or record["headline"] or "",
        "failed": bool(record["error"]),
        "place": record["place"],
        # A run whose worker died leaves its record only.
        "link": f"{folder}/{notebook if record['seconds'] else RECORD}",
    }


def draw_values(rows: Sequence[Row]) -> Picture | None:
    """Each recorded number in its own panel, mean and interval for every setting; None for none."""
    names = list(dict.fromkeys(row.name for row in rows))[:MOST_PANELS]
    if not names:
        return None
    settings = list(dict.fromkeys(row.setting for row in rows))
    columns = min(COLUMNS, len(names))
    labels = {setting: fill(setting or "all", LABEL_WIDTH) for setting in settings}
    height = 1.1 + 0.25 * sum(1 + label.count("\n") for label in labels.values())
    lines = -(-len(names) // columns)
    axes = np.atleast_1d(new_axes(columns, rows=lines, width=3.6, height=height)).ravel()
    for ax, name in zip(axes, names, strict=False):
        _draw_panel(ax, name, [row for row in rows if row.name == name], labels)
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    figure = axes[0].figure
    return Picture(as_png(figure), summary_of(figure))


def _draw_panel(ax: Any, name: str, rows: Sequence[Row], labels: Mapping[str, str]) -> None:
    settings = list(labels)
    places = [settings.index(row.setting) for row in rows]
    means = np.array([row.mean for row in rows])
    reach = [
        [0 if row.low is None else row.mean - row.low for row in rows],
        [0 if row.high is None else row.high - row.mean for row in rows],
    ]
    ax.errorbar(means, places, xerr=reach, fmt="o", capsize=3)
    # There may be a $ in a path.
    ax.set_yticks(range(len(settings)), labels.values(), parse_math=False)
    ax.set_ylim(len(settings) - 0.5, -0.5)
    ax.locator_params(axis="x", nbins=4)
    counts = " to ".join(map(str, sorted({row.n for row in rows})))
    ax.set_title(f"{name}, n = {counts}", fontsize="medium", parse_math=False)
    for row in rows:
        of = f" with {row.setting}" if row.setting else ""
        interval = "" if row.low is None else f" [{row.low:.4g}, {row.high:.4g}]"
        say(ax, f"{name}{of}: {row.mean:.4g}{interval}, n = {row.n}.")
