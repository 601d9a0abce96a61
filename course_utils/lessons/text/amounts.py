"""How lesson 10's scores change with the number of texts: a stored run.

Two commands make it anew, the first with the file ``amounts.yaml`` of this folder:
``python -m course_utils.batch --runs course_utils/lessons/text/amounts.yaml --out build/amounts``,
``python -m course_utils.lessons.text.amounts build/amounts/results.csv``.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.data.texts.packages import SOURCE, TARGET, version_of
from course_utils.data.texts.topics import PACKAGE
from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import line_style
from course_utils.files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FILE = Path(__file__).with_name("amounts.json")
SIZE_OF = {"bits per byte": "num_paragraphs", "accuracy": "labels_per_class"}  # by score


@dataclass(frozen=True)
class Point:
    """The mean of a score over seeds, and the ends of its 95 % interval."""

    size: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Amounts:
    """What the stored run gave.

    Args:
        made: Day, seeds, and versions of what the texts are from.
        curves: By score and way, such as ``("bits per byte", "LoRA")``: a point for each size.
    """

    made: str
    curves: Mapping[tuple[str, str], Sequence[Point]]

    def __str__(self) -> str:
        return f"Stored, not run here: {self.made}."


def load_amounts(file: Path = FILE) -> Amounts:
    """What was stored."""
    content = json.loads(file.read_text(encoding="utf-8"))
    curves: dict[tuple[str, str], list[Point]] = {}
    for row in content["rows"]:
        point = Point(*(row[name] for name in ("size", "mean", "low", "high")))
        curves.setdefault((row["score"], row["way"]), []).append(point)
    return Amounts(content["made"], curves)


def plot_amounts(amounts: Amounts, score: str, ways: Sequence[str], x_label: str) -> Axes:
    """A line for each way, with the interval of each of its means."""
    ax = new_axes()
    for number, way in enumerate(ways):
        points = amounts.curves[score, way]
        sizes, means = [p.size for p in points], [p.mean for p in points]
        ends = [[p.mean - p.low for p in points], [p.high - p.mean for p in points]]
        ax.errorbar(sizes, means, yerr=ends, label=way, capsize=4, **line_style(number))
        told = ", ".join(f"{mean:.3f} at {size}" for size, mean in zip(sizes, means, strict=True))
        say(ax, f"{way}, {score}: {told}.")
    ax.set(xscale="log", xlabel=x_label, ylabel=score)
    ax.set_xticks(sizes, list(map(str, sizes)))
    ax.minorticks_off()
    ax.legend()
    return ax


def collect(results: Path, file: Path = FILE) -> None:
    """Keep, of a ``results.csv`` of many runs of lesson 10, what the figures show.

    Raises:
        ValueError: If it holds no scores of lesson 10 at several sizes, or those of one seed.
    """
    with results.open(encoding="utf-8", newline="") as lines:
        rows = list(_rows(csv.DictReader(lines)))
    sizes = {(row["score"], row["size"]) for row in rows}
    if any(sum(score == each for each, _ in sizes) < 2 for score in SIZE_OF):
        raise ValueError(
            f"{results} holds no runs of lesson 10 at several sizes; make it with the file "
            f"{FILE.with_suffix('.yaml').name} of this folder"
        )
    versions = ", ".join(f"{name} {version_of(name)}" for name in (*SOURCE, TARGET))
    versions += f", Python {version_of(PACKAGE)}"
    made = f"{date.today():%Y-%m-%d}, {min(row.pop('n') for row in rows)} seeds, {versions}"
    content = {"made": made, "rows": sorted(rows, key=lambda row: row["size"])}
    write_whole(file, (json.dumps(content, indent=1) + "\n").encode())


def _rows(lines: Iterable[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        score, _, way = line["name"].partition(", ")
        size = re.search(rf"\b{SIZE_OF.get(score)}=(\d+)", line["setting"])
        if line["kind"] == "value" and size and "10_text" in line["lesson"]:
            if int(line["n"]) < 2:
                raise ValueError(
                    f"runs of one seed alone with {size[0]}: an interval needs at least 2 seeds"
                )
            ends = {end: round(float(line[end]), 4) for end in ("mean", "low", "high")}
            yield {"score": score, "way": way, "size": int(size[1]), "n": int(line["n"]), **ends}


def main(arguments: Sequence[str] | None = None) -> None:
    """Collect from the file that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.lessons.text.amounts", description=__doc__
    )
    parser.add_argument("results", type=Path, metavar="RESULTS", help="results.csv of the runs")
    try:
        collect(parser.parse_args(arguments).results)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(load_amounts())


if __name__ == "__main__":
    main()
