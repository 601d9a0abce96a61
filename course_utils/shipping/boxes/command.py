"""The part of ``python -m course_utils.predict`` for detectors: boxes written, drawn, judged."""

import argparse
from pathlib import Path

from course_utils.console import from_here
from course_utils.data.plain_text import counted
from course_utils.shipping.boxes.answering import Found, find_in_batches
from course_utils.shipping.boxes.drawing import Drawer
from course_utils.shipping.boxes.loading import load_detector
from course_utils.shipping.boxes.reporting import FORMS, report_on
from course_utils.shipping.boxes.results import CocoResults
from course_utils.shipping.finding import dataset_in, pictures_to_answer
from course_utils.shipping.rounds import take_answers
from course_utils.shipping.table import refuse_there
from course_utils.shipping.whole_pictures import MOST_AT_ONCE

OUT = Path("boxes.json")


def answer_with_boxes(options: argparse.Namespace) -> int:
    """Write the boxes on pictures, or report on those that have some; 0 if all were read, else 1.

    Raises:
        ValueError: If that cannot be done; before any work.
    """
    _refuse_options(options)
    dataset = dataset_in(options.asked, FORMS)
    if dataset is None:
        return _write_boxes(options)
    model = load_detector(options.model, options.device)
    for line in report_on(model, dataset, options.batch_size or MOST_AT_ONCE):
        print(line)
    return 0


def _write_boxes(options: argparse.Namespace) -> int:
    """Check everything, then write the boxes; 0 if all pictures were read, 1 if some were not."""
    out = options.out or OUT
    refuse_there(out)
    model = load_detector(options.model, options.device)
    min_score = model.min_score if options.min_score is None else options.min_score
    files = pictures_to_answer(options.asked)
    drawer = Drawer(options.draw, model.class_names) if options.draw else None
    facts = {"description": f"boxes that the detector {model.folder.name} found",
             "weights": model.record["weights"]["sha256"], "min_score": min_score}  # fmt: skip
    results = CocoResults(out, model.class_names, facts)

    def take(file: Path, found: Found) -> str | None:
        shown = found.from_score(min_score)
        results.add(file, shown)
        if found.problem is not None or drawer is None:
            return found.problem
        return drawer.add(file, shown)

    batches = find_in_batches(model, files, options.batch_size or MOST_AT_ONCE)
    num_problems = take_answers(files, batches, take, "problems in the file")
    results.write()
    _tell(options, out, results, len(files), num_problems, min_score)
    return 1 if num_problems else 0


def _refuse_options(options: argparse.Namespace) -> None:
    """Refuse what makes no sense for boxes, before work."""
    if options.sort:
        raise ValueError(
            f"{options.model} is a detector, which names no class for a whole picture, so --sort "
            "cannot sort by it; --draw FOLDER draws the boxes on copies"
        )
    dataset = dataset_in(options.asked, FORMS)
    if options.report and dataset is None:
        raise ValueError(
            "--report needs one data set with boxes for a detector, as coco:PATH, voc:PATH, "
            f"yolo:PATH or masks:PATH, got {', '.join(options.asked)}"
        )
    only_boxes = (options.out, options.draw, options.min_score)
    if dataset and (options.report is False or any(each is not None for each in only_boxes)):
        raise ValueError(
            f"{dataset} has boxes, so there is a report on it, and nothing is written or drawn; "
            "for that, give the pictures themselves"
        )
    if options.min_score is not None and not 0 <= options.min_score <= 1:
        raise ValueError(f"--min-score must be from 0 to 1, got {options.min_score}")


def _tell(
    options: argparse.Namespace,
    out: Path,
    results: CocoResults,
    num_files: int,
    num_problems: int,
    min_score: float,
) -> None:
    """Say what was done."""
    print(
        f"{counted(num_files, 'picture')}, {results.num_boxes:,} boxes with a score of "
        f"{min_score:g} or more: {from_here(out)}"
    )
    if options.draw:
        print(f"drawn into {from_here(options.draw)}")
    if num_problems:
        print(f"{num_problems:,} could not be read or drawn: see problems in the file")
    if not results.is_beside:
        print(
            "Some pictures lie outside of its folder. To read it back as coco:, put it into their "
            "folder, or one above."
        )
