"""The part of ``python -m course_utils.predict`` for texts: classes in a table, or a report."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from course_utils.console import from_here
from course_utils.data.plain_text import counted, shorten
from course_utils.data.texts.raw import GARBLED
from course_utils.data.texts.surveying import FORMS
from course_utils.data.texts.unlabelled import FoundText
from course_utils.shipping.finding import dataset_in
from course_utils.shipping.rounds import take_answers
from course_utils.shipping.table import refuse_there, shown, shown_path, writing_table
from course_utils.shipping.texts.answering import MOST_AT_ONCE, answer_in_batches
from course_utils.shipping.texts.finding import texts_to_answer
from course_utils.shipping.texts.loading import ShippedTextClassifier, load_text_classifier
from course_utils.shipping.texts.options import columns_of, refuse_options
from course_utils.shipping.texts.reporting import cut_text, report_on

OUT = Path("predictions.csv")
FIRST = ("file", "line", "text")  # columns before those that every table has
SHOWN = 300  # columns of a text; the middle of longer ones is left out


def answer_texts(options: argparse.Namespace) -> int:
    """Name the class of each text, or report on labelled ones; 0 if all were read, else 1.

    Raises:
        ValueError: If that cannot be done; before any work.
    """
    refuse_options(options)
    dataset = dataset_in(options.asked, FORMS)
    if dataset is None:
        return _write_table(options)
    model = load_text_classifier(options.model, options.device, options.base)
    size = options.batch_size or MOST_AT_ONCE
    for line in report_on(model, dataset, columns_of(options), options.encoding, size):
        print(line)
    return 0


def _write_table(options: argparse.Namespace) -> int:
    """Check everything, then write the table; 0 if all texts were read, 1 if some were not."""
    out = options.out or OUT
    refuse_there(out)
    how = {"by_line": options.lines, "encoding": options.encoding}
    texts = texts_to_answer(options.asked, columns_of(options), **how)
    model = load_text_classifier(options.model, options.device, options.base)
    answers = _Answers(model, texts, options.batch_size or MOST_AT_ONCE)
    with writing_table(out, model.class_names, False, FIRST) as table:

        def take(text: FoundText, probs: Tensor) -> str | None:
            line = "" if text.line is None else text.line
            first = [shown_path(text.file), line, shown(shorten(text.text, SHOWN))]
            table.add(first, probs, text.problem)
            return text.problem

        where = "the column problem of the table"
        num_problems = take_answers(texts, answers, take, where, unit="text")
    print(f"{counted(len(texts), 'text')}: {from_here(out)}")
    _tell(texts, num_problems, answers.num_cut, model.longest)
    return 1 if num_problems else 0


@dataclass
class _Answers:
    """Probabilities (B, K) of some texts at a time, counting on the way those that were cut."""

    model: ShippedTextClassifier
    texts: Sequence[FoundText]
    batch_size: int
    num_cut: int = 0

    def __iter__(self) -> Iterator[Tensor]:
        words = [text.text for text in self.texts]
        for some in answer_in_batches(self.model, words, self.batch_size):
            self.num_cut += some.num_cut
            yield some.probs


def _tell(texts: Sequence[FoundText], num_problems: int, num_cut: int, longest: int) -> None:
    """Say what was not plain."""
    if num_problems:
        print(f"{num_problems:,} could not be read: see the column problem")
    if num_cut:
        print(cut_text(num_cut, longest))
    num_garbled = sum(bool(GARBLED.search(text.text)) for text in texts)
    if num_garbled:
        print(
            f"{counted(num_garbled, 'text')} with signs of a wrong encoding, such as \ufffd or "
            "â€™: look at them, and say what the files are in by --encoding"
        )
