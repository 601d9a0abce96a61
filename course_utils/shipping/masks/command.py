"""The part of ``python -m course_utils.predict`` for segmenters: maps written, drawn, judged."""

import argparse
from pathlib import Path

from course_utils.console import from_here
from course_utils.data.maps.surveying import FORMS
from course_utils.data.plain_text import counted
from course_utils.shipping.finding import dataset_in, names_below, pictures_to_answer
from course_utils.shipping.masks.answering import Segmented, segment_in_batches
from course_utils.shipping.masks.drawing import MapDrawer
from course_utils.shipping.masks.loading import load_segmenter
from course_utils.shipping.masks.reporting import report_on
from course_utils.shipping.masks.results import CLASSES, MapFolder
from course_utils.shipping.rounds import take_answers
from course_utils.shipping.whole_pictures import MOST_AT_ONCE

OUT = Path("masks")
OF_BOXES = ("voc", "yolo")  # forms of data sets that say nothing of pixels


def answer_with_maps(options: argparse.Namespace) -> int:
    """Write the maps of pictures, or report on those that have some; 0 if all were read, else 1.

    Raises:
        ValueError: If that cannot be done; before any work.
    """
    _refuse_options(options)
    dataset = dataset_in(options.asked, FORMS)
    if dataset is None:
        return _write_maps(options)
    model = load_segmenter(options.model, options.device)
    for line in report_on(model, dataset, options.batch_size or MOST_AT_ONCE):
        print(line)
    return 0


def _write_maps(options: argparse.Namespace) -> int:
    """Check everything, then write the maps; 0 if all pictures were read, 1 if some were not."""
    model = load_segmenter(options.model, options.device)
    maps = MapFolder(options.out or OUT, model)
    drawer = MapDrawer(options.draw, model) if options.draw else None
    files = pictures_to_answer(options.asked)
    names = names_below(options.asked, files)

    def take(file: Path, found: Segmented) -> str | None:
        problem = found.problem
        if problem is None:
            problem = maps.add(file, names[file], found.classes)
        if problem is None and drawer is not None:
            problem = drawer.add(file, names[file], found.classes)
        if problem is not None:
            maps.add_problem(file, problem)
        return problem

    batches = segment_in_batches(model, files, options.batch_size or MOST_AT_ONCE)
    num_problems = take_answers(files, batches, take, f"problems in {CLASSES}")
    maps.write()
    _tell(options, len(files), num_problems, maps.num_renamed)
    return 1 if num_problems else 0


def _refuse_options(options: argparse.Namespace) -> None:
    """Refuse what makes no sense for maps, before work."""
    if options.sort:
        raise ValueError(
            f"{options.model} is a segmenter, which names no class for a whole picture, so --sort "
            "cannot sort by it; --draw FOLDER lays the maps over copies"
        )
    if options.min_score is not None:
        raise ValueError(
            f"{options.model} is a segmenter, which takes the surest class of each pixel and has "
            "no scores, so --min-score leaves nothing out"
        )
    if boxed := dataset_in(options.asked, OF_BOXES):
        raise ValueError(
            f"{boxed} has boxes, which do not say what each pixel is; a segmenter takes masks:PATH "
            "or, with outlines, coco:PATH"
        )
    dataset = dataset_in(options.asked, FORMS)
    if options.report and dataset is None:
        raise ValueError(
            "--report needs one data set with maps for a segmenter, as masks:PATH or coco:PATH, "
            f"got {', '.join(options.asked)}"
        )
    if dataset and (options.report is False or options.out or options.draw):
        raise ValueError(
            f"{dataset} has maps, so there is a report on it, and nothing is written or drawn; "
            "for that, give the pictures themselves"
        )
    _refuse_one_folder(options.out or OUT, options.draw)


def _refuse_one_folder(out: Path, draw: Path | None) -> None:
    """Whoever reads the maps back would take drawings below them for maps."""
    if draw is not None and out.absolute() in (draw.absolute(), *draw.absolute().parents):
        raise ValueError(
            f"--draw {draw} is inside {out}, where the maps go; give it a folder of its own"
        )


def _tell(options: argparse.Namespace, num_files: int, num_problems: int, num_renamed: int) -> None:
    """Say what was done."""
    print(f"maps of {counted(num_files - num_problems, 'picture')}: "
          f"{from_here(options.out or OUT)}")  # fmt: skip
    if options.draw:
        print(f"drawn into {from_here(options.draw)}")
    if num_renamed:
        print(
            f"{num_renamed:,} got a number behind the name, because two pictures are called alike "
            f"but for their ending: see maps in {CLASSES}"
        )
    if num_problems:
        print(f"{num_problems:,} could not be read, written or drawn: see problems in {CLASSES}")
