"""What the study of recordings gave: a stored run, and the same for a run of one's own.

It is made anew by ``python -m course_utils.lessons.speech.stored PATH --seeds 0..7``, with PATH a
zip or folder of the Free Spoken Digits.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    scores = {
        (row["way"], row["test"], row["count"]): np.array(row["accuracies"])
        for row in content["rows"]
    }
    made = f"Stored, not run here: {content['made']}."
    return Study(made, tuple(content["speakers"]), scores)


def keep(found: Study, file: Path = FILE) -> None:
    """Write ``found`` to ``file``, each accuracy with four digits."""
    rows = [
        {"way": way, "test": test, "count": count, "accuracies": scores.round(4).tolist()}
        for (way, test, count), scores in found.scores.items()
    ]
    lines = ",\n".join(map(json.dumps, rows))
    head = f'"made": {json.dumps(found.made)},\n"speakers": {json.dumps(found.speakers)}'
    write_whole(file, f'{{\n{head},\n"rows": [\n{lines}\n]\n}}\n'.encode())


def describe(rows: Sequence[Row]) -> str:
    """Of what, when and with which seeds and version of torch ``rows`` were made."""
    seeds = ", ".join(map(str, sorted({row.seed for row in rows})))
    return (
        f"{date.today():%Y-%m-%d}, Free Spoken Digits, {len({row.speaker for row in rows})} "
        f"speakers, seeds {seeds}, torch {torch.__version__.partition('+')[0]}"
    )


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
        keep(summarise(rows, describe(rows)), options.to)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(load_stored(options.to))


if __name__ == "__main__":
    main()
