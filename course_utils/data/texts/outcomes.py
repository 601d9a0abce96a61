"""What can be found in a data set of texts, and what is done about each."""

from enum import Enum


class TextOutcome(Enum):
    """What was found, and what is done, in the words and the order of the table."""

    CLOSED = "files that cannot be opened"
    NOT_TEXT = "files that are no text in their encoding"
    QUOTES = "rows whose quotes do not close, or close inside"
    COLUMNS = "rows with more or fewer columns than the first"
    NO_LABEL = "rows without a class"
    FEW = "classes of too few different texts for training, validation and test"

    EMPTY = "empty texts, blank lines and empty files"
    COPY = "equal texts of one class (the first one is used, or that of the test)"
    TWO_CLASSES = "equal texts of several classes (none is used; remove what is wrong)"
    BESIDE = "texts beside the class folders, or in folders of unlabelled ones"
    OTHER = "files that are no texts, by their names"

    GARBLED = "texts with signs of a wrong encoding, such as \ufffd or â€™: used, look at them"


STOPS = tuple(TextOutcome)[: tuple(TextOutcome).index(TextOutcome.EMPTY)]
LEFT_OUT = tuple(TextOutcome)[len(STOPS) : tuple(TextOutcome).index(TextOutcome.GARBLED)]
KEPT = (TextOutcome.GARBLED,)
