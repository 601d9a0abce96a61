"""What the command line says about texts, and what makes no sense together."""

import argparse
from pathlib import Path

from course_utils.data.texts.columns import DELIMITERS, Column, Columns
from course_utils.data.texts.surveying import FORMS
from course_utils.shipping.finding import dataset_in
from course_utils.shipping.texts.finding import ENDINGS, STANDARD_INPUT

OF_PICTURES = ("coco", "voc", "yolo", "masks")  # forms of data sets of other models


def add_text_options(parser: argparse.ArgumentParser) -> None:
    """Add what only classifiers of texts take."""
    group = parser.add_argument_group("for texts")
    group.add_argument("--lines", action="store_true", default=None,
                       help="each line of the files is a text")  # fmt: skip
    group.add_argument("--text-column", action="append", metavar="NAME|NUMBER",
                       help="of a table, the column of the texts: its name in the first line, or "
                       "its number from 1 where the first line is a row like the others; given "
                       "several times, they are joined")  # fmt: skip
    group.add_argument("--label-column", metavar="NAME|NUMBER",
                       help="of a table with texts:PATH, the column of the classes")  # fmt: skip
    group.add_argument("--delimiter", metavar="SIGN",
                       help="what stands between columns (default: as seen)")  # fmt: skip
    group.add_argument("--encoding", metavar="NAME",
                       help="of the files, such as cp1252 (default: UTF-8)")  # fmt: skip
    group.add_argument("--base", metavar="NAME",
                       help="where the base of a model lies, of which only what was learned on "
                       "top was saved, such as hf:PATH (default: as it was saved)")  # fmt: skip


def columns_of(options: argparse.Namespace) -> Columns:
    """Which columns of tables hold what."""
    texts = [_column(said) for said in options.text_column or []]
    label = None if options.label_column is None else _column(options.label_column)
    return Columns(texts or None, label, delimiter=options.delimiter)


def _column(said: str) -> Column:
    return int(said) if said.isdecimal() else said


def refuse_options(options: argparse.Namespace) -> None:
    """Refuse what makes no sense for texts, before work.

    Raises:
        ValueError: If something does; it says what to do.
    """
    for option, given in (
        ("--sort", options.sort), ("--draw", options.draw), ("--min-score", options.min_score)
    ):  # fmt: skip
        if given is not None:
            raise ValueError(
                f"{option} is for pictures, and {options.model} is a classifier of texts: leave it "
                "out; its table names the class of each text"
            )
    if options.delimiter is not None and options.delimiter not in DELIMITERS:
        known = ", ".join(map(repr, DELIMITERS))
        raise ValueError(f"--delimiter must be one of {known}, got {options.delimiter!r}")
    if pictures := dataset_in(options.asked, OF_PICTURES):
        raise ValueError(
            f"{pictures} is a data set of pictures, and {options.model} is a classifier of texts; "
            "it takes texts:PATH"
        )
    _refuse_for_dataset(options, dataset_in(options.asked, FORMS))


def _refuse_for_dataset(options: argparse.Namespace, dataset: str | None) -> None:
    """Refuse what does not go with a labelled data set, or needs one."""
    if dataset is None:
        if options.report or options.label_column is not None:
            raise ValueError(
                "a report needs one labelled data set, as texts:PATH, with --text-column and "
                f"--label-column if it is a table; got {', '.join(options.asked)}"
            )
        if options.lines and options.text_column:
            raise ValueError("--lines takes whole lines, and --text-column a part: choose one")
        return
    if options.report is False or options.out is not None or options.lines:
        raise ValueError(
            f"{dataset} is labelled, so there is a report on it, and nothing is written; for a "
            "table, give the files themselves, with no texts: before them"
        )


def refuse_texts(options: argparse.Namespace, inputs: str = "pictures") -> None:
    """Refuse texts, and options for them, where another model is asked.

    Args:
        options: Of the command line.
        inputs: What the model is asked about, in the plural.

    Raises:
        ValueError: If there are some.
    """
    way_out = f"and {options.model} is a model of {inputs}; lesson 10 makes models of texts"
    of_texts = ["lines", "text_column", "label_column", "delimiter", "encoding"]
    if inputs == "pictures":
        of_texts.append("base")
    for option in of_texts:
        if getattr(options, option) is not None:
            raise ValueError(f"--{option.replace('_', '-')} is for texts, {way_out}")
    if dataset := dataset_in(options.asked, FORMS):
        raise ValueError(f"{dataset} is a data set of texts, {way_out}")
    # Among others, a file of text is one that cannot be read.
    if all(
        each == STANDARD_INPUT or Path(each).suffix.lower() in ENDINGS for each in options.asked
    ):
        raise ValueError(f"{', '.join(options.asked)}: that is text, {way_out}")
