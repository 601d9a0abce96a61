"""Predict the classes of pictures with a model folder of lesson 07.

PICTURES are files, folders (looked through to any depth) or patterns such as "photos/*.jpg". The
answers go into a table (CSV): file, class, probability, next best class, its probability, and the
problem where a picture could not be read. It is UTF-8 with the mark that spreadsheets look for. A
path that a spreadsheet would compute begins with ./ in it, and such a class with an apostrophe.

One folder whose sub-folders have the names of the model's classes is taken as labelled: besides the
table, with the labels, there is a report, and a verdict on whether the model does as well as at its
test. Pictures that it learned from do not count there.

Exit status: 0 if all pictures were read, 1 if some could not be, 2 if nothing was done.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.console import from_here, replace_unprintable
from course_utils.session.devices import DEVICES
from course_utils.shipping.answering import MOST_AT_ONCE
from course_utils.shipping.finding import class_folders, find_pictures, labelled_pictures
from course_utils.shipping.fingerprint import read_digests
from course_utils.shipping.loading import ShippedModel, load_model
from course_utils.shipping.record import LEARNED_FROM
from course_utils.shipping.rounds import Outcome, answer_files
from course_utils.shipping.sorting import Sorter
from course_utils.shipping.table import refuse_there, writing_table
from course_utils.shipping.world import verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer the pictures that the command line names; 0 if all were read, 1 if some were not."""
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
    parser.add_argument("pictures", nargs="+", metavar="PICTURES", help="files, folders, patterns")
    parser.add_argument("--out", type=Path, default=Path("predictions.csv"), metavar="FILE",
                        help="the table (predictions.csv); nothing is overwritten")  # fmt: skip
    parser.add_argument("--sort", type=Path, metavar="FOLDER",
                        help="copy the pictures into a folder a class in this new one")  # fmt: skip
    parser.add_argument("--report", action=argparse.BooleanOptionalAction,
                        help="insist on a report, or on none (default: where the folder is "
                        "labelled)")  # fmt: skip
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to compute (auto)")
    parser.add_argument("--batch-size", type=int, default=MOST_AT_ONCE, metavar="N",
                        help=f"pictures at a time, at most ({MOST_AT_ONCE})")  # fmt: skip
    return parser


def _answer(options: argparse.Namespace) -> int:
    """Check everything, then answer."""
    if options.batch_size < 1:
        raise ValueError(f"--batch-size must be at least 1, got {options.batch_size}")
    refuse_there(options.out)
    model = load_model(options.model, options.device)
    labels = _labels(options, model)
    found = find_pictures(options.pictures)
    print(*found.passed_over, sep="\n", end="\n" if found.passed_over else "")
    if not found.files:
        raise ValueError(f"there are no pictures in {', '.join(options.pictures)}")
    sorter = Sorter(options.sort, model.class_names) if options.sort else None
    seen = set()
    if labels is not None:
        fingerprint = model.record["learned_from"]["fingerprint"]
        seen = read_digests(model.folder / LEARNED_FROM, fingerprint)
    with writing_table(options.out, model.class_names, labels is not None) as table:
        outcome = answer_files(
            model, found.files, table, labels or {}, seen, sorter, options.batch_size
        )
    _tell(options, model, outcome, is_labelled=labels is not None)
    return 1 if outcome.num_problems else 0


def _labels(options: argparse.Namespace, model: ShippedModel) -> dict[Path, int] | None:
    """The class of each picture in a labelled folder, None if no report is to be made."""
    if options.report is False:
        return None
    labels = labelled_pictures(options.pictures, model.class_names)
    if labels is None and options.report:
        strange = sorted(set(class_folders(options.pictures)) - set(model.class_names))
        raise ValueError(
            "--report needs one folder with a sub-folder of pictures for each class, named "
            f"{', '.join(map(repr, model.class_names[:10]))}"
            + (f"; it has {', '.join(map(repr, strange[:10]))}" if strange else "")
        )
    return labels


def _tell(
    options: argparse.Namespace, model: ShippedModel, outcome: Outcome, is_labelled: bool
) -> None:
    """Say what was done."""
    print(f"{outcome.num_files:,} pictures: {from_here(options.out)}")
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
