"""What the study of recordings gave: a stored run, and the same for a run of one's own.

It is made anew by ``python -m course_utils.lessons.speech.stored PATH --seeds 0..7``, with PATH a
zip or folder of the Free Spoken Digits.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch

from course_utils.data.sounds.free_spoken_digits import load_free_spoken_digits
from course_utils.files import PROJECT_FOLDER, write_whole
from course_utils.lessons.speech.figures import NEW, OWN
from course_utils.lessons.speech.people import Row, study
from course_utils.runs.values import read_values

FILE = Path(__file__).with_name("recordings.json")
Scores = Mapping[tuple[str, str, int], np.ndarray]


@dataclass(frozen=True)
class Study:
    """Accuracies of each way with each number of labels per class, speaker by speaker.

    Args:
        made: Of what, when, and with which seeds.
        speakers: S names.
        scores: (S,) by way, test (``OWN`` or ``NEW``) and labels per class: the mean over seeds,
            with each speaker left out in turn.
    """

    made: str
    speakers: tuple[str, ...]
    scores: Scores

    def __str__(self) -> str:
        return self.made

    def by_count(self, way: str, test: str) -> dict[int, np.ndarray]:
        """Accuracies (S,) of ``way`` by the number of labels per class, ascending."""
        found = {
            k: each for (name, on, k), each in self.scores.items() if (name, on) == (way, test)
        }
        return dict(sorted(found.items()))


def summarise(rows: Iterable[Row], made: str) -> Study:
    """The means over seeds of what ``study`` gave."""
    rows = list(rows)
    speakers = tuple(dict.fromkeys(row.speaker for row in rows))
    found: dict[tuple[str, str, int], list[list[float]]] = {}
    for row in rows:
        for test, score in ((OWN, row.own), (NEW, row.new)):
            each = found.setdefault((row.way, test, row.count), [[] for _ in speakers])
            each[speakers.index(row.speaker)].append(score)
    return Study(
        made,
        speakers,
        {key: np.array([np.mean(scores) for scores in each]) for key, each in found.items()},
    )


def load_stored(file: Path = FILE) -> Study:
    """The run that is stored."""
    content = json.loads(file.read_text(encoding="utf-8"))
    rows = (Row(**dict(zip(content["fields"], row, strict=True))) for row in content["rows"])
    return summarise(rows, f"Stored, not run here: {content['made']}.")


def keep(rows: Sequence[Row], file: Path = FILE) -> None:
    """Write what ``study`` gave to ``file``, with the day, the seeds and the version of torch."""
    seeds = sorted({row.seed for row in rows})
    speakers = {row.speaker for row in rows}
    made = (
        f"{date.today():%Y-%m-%d}, Free Spoken Digits, {len(speakers)} speakers, seeds "
        f"{', '.join(map(str, seeds))}, torch {torch.__version__}"
    )
    fields = list(asdict(rows[0]))
    lines = ",\n".join(
        json.dumps([_short(value) for value in asdict(row).values()]) for row in rows
    )
    head = f'"made": {json.dumps(made)},\n"fields": {json.dumps(fields)}'
    write_whole(file, f'{{\n{head},\n"rows": [\n{lines}\n]\n}}\n'.encode())


def _short(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study on the recordings that the command line names, and keep it."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.lessons.speech.stored", description=__doc__
    )
    parser.add_argument("path", metavar="PATH", help="zip or folder of the recordings")
    parser.add_argument("--seeds", default="0..7", help="such as 0..7, both ends included")
    parser.add_argument("--to", type=Path, default=FILE, metavar="FILE", help="where it is kept")
    options = parser.parse_args(arguments)
    try:
        sounds = load_free_spoken_digits(PROJECT_FOLDER / "data", path=options.path)
        seeds = read_values(options.seeds)
        rows = [row for seed in seeds for row in study(sounds, seed, torch.get_num_threads())]
        keep(rows, options.to)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(load_stored(options.to))


if __name__ == "__main__":
    main()
