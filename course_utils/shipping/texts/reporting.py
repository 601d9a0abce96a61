"""Whether a classifier of texts does on labelled texts what it did at its test."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.damaged_pictures import listed
from course_utils.data.plain_text import counted, wrap
from course_utils.data.survey_text import COLUMNS
from course_utils.data.texts.columns import Columns
from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.outcomes import KEPT, LEFT_OUT
from course_utils.data.texts.reading import read_texts
from course_utils.data.texts.survey import TextSurvey
from course_utils.shipping.fingerprint import digests_of_texts
from course_utils.shipping.score import score_answers
from course_utils.shipping.texts.answering import answer_in_batches
from course_utils.shipping.texts.loading import ShippedTextClassifier
from course_utils.shipping.world import verdict


def report_on(
    model: ShippedTextClassifier,
    dataset: str,
    columns: Columns,
    encoding: str | None,
    batch_size: int,
) -> Iterator[str]:
    """Lines with the scores on a data set and a verdict against the test, with a progress bar.

    Texts that the model learned from do not count, and equal texts count once.

    Args:
        model: From ``load_text_classifier``.
        dataset: ``texts:PATH``, as of ``read_texts``.
        columns: Of a table those that hold texts and classes.
        encoding: Of the files; None for UTF-8.
        batch_size: Texts at a time.

    Raises:
        ValueError: If the data set cannot be read, or holds classes that the model does not know;
            it says what to do.
    """
    texts = read_texts(
        dataset,
        skip_faulty=True,  # which says what it goes on without
        near_copies=False,
        report=_tell_reading,
        split_anew=True,
        smallest=1,
        text_column=columns.text,
        label_column=columns.label,
        encoding=encoding,
        delimiter=columns.delimiter,
    )
    texts = in_classes_of(texts, model.class_names)
    seen = model.learned_digests()
    is_new = torch.tensor([digest not in seen for digest in digests_of_texts(texts.texts)])
    if not is_new.all():
        said = counted(int((~is_new).sum()), "text")
        yield f"{said} that the model learned from: they do not count"
    texts = texts[is_new]
    if len(texts) == 0:
        yield "No labelled text is left, so there is no report."
        return
    probs, num_cut = _answer(model, texts.texts, batch_size)
    if num_cut:
        yield cut_text(num_cut, model.longest)
    here = score_answers(probs, texts)
    here = here.beside_guessing(model.record["learned_from"]["by_class"])
    yield str(here)
    yield from verdict(here, model.test, "texts")


def in_classes_of(texts: LabelledTexts, known: Sequence[str]) -> LabelledTexts:
    """The same texts, their classes numbered as those of the model.

    Raises:
        ValueError: If a class is not among those that are ``known``.
    """
    strange = [name for name in texts.class_names if name not in known]
    if strange:
        raise ValueError(
            f"the model knows {listed(list(map(repr, known)))}, and the data set has "
            f"{listed(list(map(repr, strange)))}: name its classes as the model does, and check "
            "the column of the classes"
        )
    numbers = torch.tensor([list(known).index(name) for name in texts.class_names])
    return replace(texts, labels=numbers[texts.labels], class_names=tuple(known))


def cut_text(num_cut: int, longest: int) -> str:
    """How many texts were cut, in a line."""
    return (
        f"{counted(num_cut, 'text')} had more than the {longest:,} tokens that the model reads: "
        "only the beginning counted"
    )


def _answer(
    model: ShippedTextClassifier, texts: Sequence[str], batch_size: int
) -> tuple[Tensor, int]:
    probs, num_cut = [], 0
    with tqdm(total=len(texts), unit="text") as bar:
        for some in answer_in_batches(model, texts, batch_size):
            probs.append(some.probs)
            num_cut += some.num_cut
            bar.update(len(some.probs))
    return torch.cat(probs), num_cut


def _tell_reading(found: TextSurvey | str) -> None:
    """Print how the texts were read, and what was left out: it may be why the score is low."""
    if isinstance(found, TextSurvey):
        for line in (*found.notes, *found.about((*LEFT_OUT, *KEPT))):
            print("\n".join(wrap(line, COLUMNS)))
