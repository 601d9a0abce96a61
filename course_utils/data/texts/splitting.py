"""Labelled texts in three parts, the last one sealed."""

from dataclasses import dataclass

from course_utils.data.places import places_of_parts
from course_utils.data.splits import SealedTestSet
from course_utils.data.texts.examples import LabelledTexts


@dataclass(frozen=True)
class TextSplit:
    """Training, validation and sealed test texts; none is in two of them, nor is a group."""

    train: LabelledTexts
    val: LabelledTexts
    test: SealedTestSet


def split_texts(
    texts: LabelledTexts, *, val_fraction: float, test_fraction: float, seed: int
) -> TextSplit:
    """Split ``texts`` at random, with the same mix of classes in every part.

    A part that the data set itself brings is kept, what it lacks is drawn from its training texts,
    and texts of one group are drawn into the same part. Arguments and errors as of
    ``places_of_parts``.
    """
    places = places_of_parts(
        texts, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed, what="text"
    )
    train, val, test = (texts[some] for some in places)
    return TextSplit(train, val, SealedTestSet(test))
