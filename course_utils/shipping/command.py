"""Ask a model folder: lesson 07 classes of pictures, 08 boxes, 09 maps, 10 classes of texts.

WHAT are files, folders (looked through to any depth) or patterns such as "photos/*.jpg". A
classifier's answers to pictures go into a table (CSV): file, class, probability, next best class,
its probability, and the problem where a picture could not be read. It is UTF-8 with the mark that
spreadsheets look for. A path that a spreadsheet would compute begins with ./ in it, and such a
class with an apostrophe.

One folder whose sub-folders have the names of the model's classes is taken as labelled: besides the
table, with the labels, there is a report, and a verdict on whether the model does as well as at its
test. Pictures that it learned from do not count there.

A detector's boxes go into a JSON file in COCO's form instead: images, annotations with bbox and
score, categories. It can be read back as coco:FILE where it lies in the folder of the pictures or
above. Boxes below --min-score are left out; a score by COCO's rules needs all (--min-score 0).
--draw draws what is in the file on copies of the pictures, at most 1600 pixels a side. A data set
with boxes, given as coco:PATH, voc:PATH, yolo:PATH or masks:PATH, gets a report instead: mAP and
AP50, and the verdict.

A segmenter's maps go into a folder instead: a PNG for each picture, as large and called alike, with
the number of a class at each pixel, and classes.json, which says what the numbers are. masks:PATH
reads them back where that folder lies beside the pictures or among them. --draw lays them over
copies. A data set with maps, given as masks:PATH or coco:PATH, gets a report instead: mean IoU, IoU
of each class, and the verdict.

A classifier of texts takes files (.txt) that are a text each, or with --lines a text a line; tables
(.csv, .tsv), where --text-column says which column; folders and patterns of these; and - for lines
from standard input. In its table stand file, line and text before the same columns. Labelled texts,
given as texts:PATH (of a table with --text-column and --label-column), get a report instead:
accuracy, each class, and the verdict.

Exit status: 0 if all was read, 1 if something could not be, 2 if nothing was done.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.console import from_here, replace_unprintable
from course_utils.session.devices import DEVICES
from course_utils.shipping.answering import MOST_AT_ONCE
from course_utils.shipping.boxes.command import answer_with_boxes
from course_utils.shipping.finding import class_folders, labelled_pictures, pictures_to_answer
from course_utils.shipping.loading import ShippedModel, load_model
from course_utils.shipping.masks.command import answer_with_maps
from course_utils.shipping.record import (
    DETECTION,
    RECORD,
    SEGMENTATION,
    TEXTS,
    read_record,
    task_of,
)
from course_utils.shipping.rounds import Outcome, answer_files
from course_utils.shipping.sorting import Sorter
from course_utils.shipping.table import refuse_there, writing_table
from course_utils.shipping.texts.answering import MOST_AT_ONCE as TEXTS_AT_ONCE
from course_utils.shipping.texts.command import answer_texts
from course_utils.shipping.texts.options import add_text_options, refuse_texts
from course_utils.shipping.whole_pictures import MOST_AT_ONCE as WHOLE_AT_ONCE
from course_utils.shipping.world import verdict

OUT = Path("predictions.csv")


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer what the command line names; 0 if all was read, 1 if something could not be."""
    replace_unprintable()
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return _answer(options)
    except (ValueError, OSError, MemoryError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.predict",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", help="the model folder, such as my_model")
    parser.add_argument("asked", nargs="+", metavar="WHAT", help="files, folders, patterns")
    parser.add_argument("--out", type=Path, metavar="FILE",
                        help="the table (predictions.csv), a detector's boxes (boxes.json), "
                        "a segmenter's maps (masks, a folder); nothing is overwritten")  # fmt: skip
    parser.add_argument("--sort", type=Path, metavar="FOLDER",
                        help="copy the pictures into a folder a class in this new one")  # fmt: skip
    parser.add_argument("--draw", type=Path, metavar="FOLDER",
                        help="draw boxes or maps on copies in this new folder")  # fmt: skip
    parser.add_argument("--min-score", type=float, metavar="X",
                        help="leave out a detector's boxes below this score (default: its "
                        "folder's own, 0.5 where none was chosen for it)")  # fmt: skip
    parser.add_argument("--report", action=argparse.BooleanOptionalAction,
                        help="insist on a report, or on none (default: where the folder is "
                        "labelled)")  # fmt: skip
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to compute (auto)")
    parser.add_argument("--batch-size", type=int, metavar="N",
                        help=f"pictures at a time, at most ({MOST_AT_ONCE}; for boxes and maps "
                        f"{WHOLE_AT_ONCE}), or texts ({TEXTS_AT_ONCE})")  # fmt: skip
    add_text_options(parser)
    return parser


def _answer(options: argparse.Namespace) -> int:
    """Check everything, then answer, as the model in the folder can."""
    if options.batch_size is not None and options.batch_size < 1:
        raise ValueError(f"--batch-size must be at least 1, got {options.batch_size}")
    task = task_of(read_record(Path(options.model).expanduser() / RECORD))
    if task == TEXTS:
        return answer_texts(options)
    refuse_texts(options)
    answer = {DETECTION: answer_with_boxes, SEGMENTATION: answer_with_maps}
    return answer.get(task, _name_classes)(options)


def _name_classes(options: argparse.Namespace) -> int:
    """Answer by a classifier."""
    for option, given, whom in (
        ("--draw", options.draw, "detectors and segmenters"),
        ("--min-score", options.min_score, "detectors"),
    ):
        if given is not None:
            raise ValueError(f"{option} is for {whom}, and {options.model} is a classifier")
    out = options.out or OUT
    refuse_there(out)
    model = load_model(options.model, options.device)
    labels = _labels(options, model)
    files = pictures_to_answer(options.asked)
    sorter = Sorter(options.sort, model.class_names) if options.sort else None
    seen = model.learned_digests() if labels is not None else set()
    with writing_table(out, model.class_names, labels is not None) as table:
        batch_size = options.batch_size or MOST_AT_ONCE
        outcome = answer_files(model, files, table, labels or {}, seen, sorter, batch_size)
    _tell(options, out, model, outcome, is_labelled=labels is not None)
    return 1 if outcome.num_problems else 0


def _labels(options: argparse.Namespace, model: ShippedModel) -> dict[Path, int] | None:
    """The class of each picture in a labelled folder, None if no report is to be made."""
    if options.report is False:
        return None
    labels = labelled_pictures(options.asked, model.class_names)
    if labels is None and options.report:
        strange = sorted(set(class_folders(options.asked)) - set(model.class_names))
        raise ValueError(
            "--report needs one folder with a sub-folder of pictures for each class, named "
            f"{', '.join(map(repr, model.class_names[:10]))}"
            + (f"; it has {', '.join(map(repr, strange[:10]))}" if strange else "")
        )
    return labels


def _tell(
    options: argparse.Namespace, out: Path, model: ShippedModel, outcome: Outcome, is_labelled: bool
) -> None:
    """Say what was done."""
    print(f"{outcome.num_files:,} pictures: {from_here(out)}")
    if options.sort:
        print(f"copied into {from_here(options.sort)}")
    if outcome.num_problems:
        print(f"{outcome.num_problems:,} could not be read or copied: see the column problem")
    if not is_labelled:
        return
    if outcome.num_seen:
        print(f"{outcome.num_seen:,} are pictures that the model learned from: they do not count")
    if outcome.score is None:
        print("No labelled picture is left, so there is no report.")
        return
    print(outcome.score, *verdict(outcome.score, model.test), sep="\n")
