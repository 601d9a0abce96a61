"""Ask a model folder: lesson 07 classes of pictures, 08 boxes, 09 maps, 10 texts, 11 sounds.

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

A classifier of sounds takes WAV files of one word or sound each, folders and patterns of these; its
table has the probability of each class, too. Other formats, such as mp3, are named, with the
command that converts them. One folder whose sub-folders have the names of its classes gets a
report, as for pictures: sounds that it learned from do not count, and equal ones count once.
--sort copies sounds as it copies pictures.

Exit status: 0 if all was read, 1 if something could not be, 2 if nothing was done.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.console import replace_unprintable
from course_utils.session.devices import DEVICES
from course_utils.shipping.answering import MOST_AT_ONCE
from course_utils.shipping.boxes.command import answer_with_boxes
from course_utils.shipping.classes import name_classes
from course_utils.shipping.masks.command import answer_with_maps
from course_utils.shipping.record import (
    DETECTION,
    RECORD,
    SEGMENTATION,
    SOUNDS,
    TEXTS,
    inputs_for,
    read_record,
    task_of,
)
from course_utils.shipping.sounds.command import answer_sounds
from course_utils.shipping.sounds.finding import refuse_sounds
from course_utils.shipping.texts.answering import MOST_AT_ONCE as TEXTS_AT_ONCE
from course_utils.shipping.texts.command import answer_texts
from course_utils.shipping.texts.options import add_text_options, refuse_texts
from course_utils.shipping.whole_pictures import MOST_AT_ONCE as WHOLE_AT_ONCE


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
                        help="copy pictures or sounds into a folder a class in this new "
                        "one")  # fmt: skip
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
                        help=f"pictures or sounds at a time, at most ({MOST_AT_ONCE}; for boxes "
                        f"and maps {WHOLE_AT_ONCE}), or texts ({TEXTS_AT_ONCE})")  # fmt: skip
    add_text_options(parser)
    return parser


def _answer(options: argparse.Namespace) -> int:
    """Check everything, then answer, as the model in the folder can."""
    if options.batch_size is not None and options.batch_size < 1:
        raise ValueError(f"--batch-size must be at least 1, got {options.batch_size}")
    task = task_of(read_record(Path(options.model).expanduser() / RECORD))
    if task == TEXTS:
        return answer_texts(options)
    refuse_texts(options, inputs_for(task))
    if task == SOUNDS:
        return answer_sounds(options)
    refuse_sounds(options)
    answer = {DETECTION: answer_with_boxes, SEGMENTATION: answer_with_maps}
    return answer.get(task, name_classes)(options)
