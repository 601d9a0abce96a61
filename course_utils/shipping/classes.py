"""The part of ``python -m course_utils.predict`` that names the class of each file."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from course_utils.console import from_here
from course_utils.shipping.answering import MOST_AT_ONCE, Answers, answer_in_batches
from course_utils.shipping.finding import class_folders, labelled_files, pictures_to_answer
from course_utils.shipping.loading import load_model
from course_utils.shipping.reading import Shipped
from course_utils.shipping.rounds import Labels, Outcome, answer_files
from course_utils.shipping.sorting import Sorter
from course_utils.shipping.table import refuse_there, writing_table
from course_utils.shipping.world import verdict

OUT = Path("predictions.csv")


@dataclass(frozen=True)
class Kind:
    """What a classifier of files is asked about, and how.

    Args:
        unit: What one is, such as ``picture``.
        load: The model that the options of the command line name.
        find: Files that were asked for; refuses what holds none.
        answer: Pixels and answers, some files at a time, at most so many.
        endings: Of the files, in small letters; None for pictures.
        once: Whether equal ones of one class count once in a report.
        each: Whether the table has the probability of each class.
        way_out: Lines on what to do with some of the files that could not be read.
    """

    unit: str
    load: Callable[[argparse.Namespace], Shipped]
    find: Callable[[Sequence[str]], list[Path]]
    answer: Callable[[Any, Sequence[Path], int], Iterator[tuple[Tensor, Answers]]]
    endings: set[str] | None = None
    once: bool = False
    each: bool = False
    way_out: Callable[[Sequence[Path]], list[str]] = lambda _: []

    @property
    def units(self) -> str:
        """Several of them."""
        return f"{self.unit}s"


PICTURES = Kind(
    "picture",
    lambda options: load_model(options.model, options.device),
    pictures_to_answer,
    answer_in_batches,
)


def name_classes(options: argparse.Namespace, kind: Kind = PICTURES) -> int:
    """Name the class of each file; 0 if all were read, else 1.

    Raises:
        ValueError: If that cannot be done; before any work.
    """
    for option, given, whom in (
        ("--draw", options.draw, "detectors and segmenters"),
        ("--min-score", options.min_score, "detectors"),
    ):
        if given is not None:
            raise ValueError(f"{option} is for {whom}, and {options.model} is a classifier")
    out = options.out or OUT
    refuse_there(out)
    model = kind.load(options)
    labels = _labels(options, model, kind)
    files = kind.find(options.asked)
    sorter = Sorter(options.sort, model.class_names) if options.sort else None
    batches = kind.answer(model, files, options.batch_size or MOST_AT_ONCE)
    with writing_table(out, model.class_names, bool(labels), each=kind.each) as table:
        outcome = answer_files(model.class_names, files, batches, table, labels, sorter, kind.unit)
    _tell(options, out, outcome, kind, kind.way_out(files))
    if labels is not None:
        _report(model, outcome, kind)
    return 1 if outcome.num_problems else 0


def _labels(options: argparse.Namespace, model: Shipped, kind: Kind) -> Labels | None:
    """The class of each file in a labelled folder, None if no report is to be made."""
    if options.report is False:
        return None
    labels = labelled_files(options.asked, model.class_names, kind.endings)
    if labels is not None:
        return Labels(labels, model.learned_digests(), kind.once)
    if options.report:
        folders: Mapping[str, object] = class_folders(options.asked, kind.endings)
        strange = sorted(set(folders) - set(model.class_names))
        raise ValueError(
            f"--report needs one folder with a sub-folder of {kind.units} for each class, named "
            f"{', '.join(map(repr, model.class_names[:10]))}"
            + (f"; it has {', '.join(map(repr, strange[:10]))}" if strange else "")
        )
    return None


def _tell(
    options: argparse.Namespace, out: Path, outcome: Outcome, kind: Kind, way_out: Sequence[str]
) -> None:
    """Say what was done."""
    print(f"{outcome.num_files:,} {kind.units}: {from_here(out)}")
    if options.sort:
        print(f"copied into {from_here(options.sort)}")
    if outcome.num_problems:
        print(f"{outcome.num_problems:,} could not be read or copied: see the column problem")
        print(*way_out, sep="\n", end="\n" * bool(way_out))


def _report(model: Shipped, outcome: Outcome, kind: Kind) -> None:
    """Say how the labelled ones fared, and whether that is as at the test."""
    if outcome.num_seen:
        said = f"are {kind.units} that the model learned from: they do not count"
        print(f"{outcome.num_seen:,} {said}")
    if outcome.num_equal:
        print(f"{outcome.num_equal:,} equal another of their class: each of those counts once")
    score = outcome.score(model)
    if score is None:
        print(f"No labelled {kind.unit} is left, so there is no report.")
        return
    print(score, *verdict(score, model.test, kind.units), sep="\n")
