"""What many runs came to: values with their interval over seeds, claims, failures, as one table."""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from course_utils.files import write_whole

SEED = "seed"  # the parameter over which values are averaged
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of the table; what its kind has no use for is None.

    Attributes:
        lesson: Name of the notebook.
        setting: The parameters but for the seed, as text.
        kind: ``value``, a recorded number; ``word``, a recorded text or truth value; ``claim``; or
            ``failed``, an error that stopped runs.
        name: Of the value, or the claim's statement, or the error.
        n: Runs that say something of it: one a seed.
        mean: Of a value.
        low: Lower end of the 95 % t interval of the mean; None for one run.
        high: Its upper end.
        count: Of n runs, those with this word, those in which the claim held, those that failed.
        detail: The word; or in which seeds a claim did not hold or a run failed, and in which cell.
    """

    lesson: str
    setting: str
    kind: str
    name: str
    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    detail: str = ""


def summarise(records: Iterable[Record]) -> list[Row]:
    """The table of these runs: by lesson and setting in their order, a row for each finding."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        setting = {name: v for name, v in record["parameters"].items() if name != SEED}
        groups.setdefault((record["lesson"], text_of_setting(setting)), []).append(record)
    rows: list[Row] = []
    for (lesson, setting), group in groups.items():
        finished = [record for record in group if record["error"] is None]
        for found in (_values(finished), _claims(finished), _failures(group)):
            rows += [Row(lesson, setting, **facts) for facts in found]
    return rows


def text_of_setting(parameters: Mapping[str, Any]) -> str:
    """Such as ``num_steps=40, seed=3``; empty where there are none."""
    shown = (
        f"{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in parameters.items()
    )
    return ", ".join(shown)


def differing(parameter_sets: Sequence[Mapping[str, Any]]) -> set[str]:
    """Names of the parameters that are not the same in all sets: what tells the sets apart."""
    texts = [{name: json.dumps(v) for name, v in each.items()} for each in parameter_sets]
    names = {name for each in texts for name in each}
    return {name for name in names if len({each.get(name) for each in texts}) > 1}


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write ``rows`` as CSV, a line each, with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    write_whole(path, text.getvalue().encode())


def _values(records: Sequence[Record]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for record in records for name in record["values"])
    rows = []
    for name in names:
        found = [record["values"][name] for record in records if name in record["values"]]
        if all(map(_is_number, found)):
            rows.append({"kind": "value", "name": name, "n": len(found)} | _interval(found))
        else:
            rows += [
                {"kind": "word", "name": name, "n": len(found), "count": count, "detail": word}
                for word, count in Counter(map(str, found)).most_common()
            ]
    return rows


def _interval(numbers: Sequence[float]) -> dict[str, float | None]:
    if len(numbers) < 2:
        return {"mean": float(numbers[0])}
    from course_utils.evaluation.scores import seed_interval  # here, for it imports torch

    mean, low, high = seed_interval(numbers)
    return {"mean": mean, "low": low, "high": high}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _claims(records: Sequence[Record]) -> list[dict[str, Any]]:
    """A row for each claim; in which cell it stands tells it, for its words may hold numbers."""
    by_place: dict[str, list[tuple[Record, Mapping[str, Any]]]] = {}
    for record in records:
        for claim in record["claims"]:
            by_place.setdefault(claim["place"], []).append((record, claim))
    return [
        {
            "kind": "claim",
            "name": found[0][1]["statement"],
            "n": len(found),
            "count": sum(claim["held"] for _, claim in found),
            "detail": _where([record for record, claim in found if not claim["held"]], "not in "),
        }
        for found in by_place.values()
    ]


def _failures(records: Sequence[Record]) -> list[dict[str, Any]]:
    by_error: dict[tuple[str, int | None], list[Record]] = {}
    for record in records:
        if record["error"]:
            by_error.setdefault((record["error"], record["failed_cell"]), []).append(record)
    return [
        {
            "kind": "failed",
            "name": error,
            "n": len(records),
            "count": len(failed),
            "detail": (f"code cell {cell}; " if cell else "") + _where(failed),
        }
        for (error, cell), failed in by_error.items()
    ]


def _where(records: Sequence[Record], word: str = "") -> str:
    seeds = [str(record["parameters"].get(SEED, "default")) for record in records]
    return f"{word}seed {', '.join(seeds)}" if seeds else ""
