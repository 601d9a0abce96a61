"""What can be found in a data set of sounds, and what is done about each."""

from enum import Enum


class SoundOutcome(Enum):
    """What was found, and what is done, in the words and the order of the table."""

    CLOSED = "files that cannot be opened"
    NOT_WAV = "files that are no WAV files, whatever their names say"
    PACKED = "WAV files whose samples are compressed"
    DAMAGED = "WAV files whose header is damaged"
    CUT = "WAV files that are cut off: copy them anew"
    NO_NUMBERS = "recordings with samples that are no numbers (NaN or infinite)"
    LONG = "recordings too long for one word: cut them, one word a file"
    NO_SPEAKER = "recordings in whose names group_by finds nothing"
    FEW = "classes of too few different sounds for training, validation and test"

    EMPTY = "recordings without samples, or too short for a word"
    SILENT = "recordings of silence"
    COPY = "equal sounds of one class (the first one is used, or that of the test)"
    TWO_CLASSES = "equal sounds of several classes (none is used; remove what is wrong)"
    CONVERT = "sounds in other formats than WAV"
    BESIDE = "WAV files beside the class folders, or in folders without classes"
    OTHER = "files that are no sounds, or that a WAV file of the same name stands for"

    CLIPPED = "recordings that were too loud and are clipped: used, listen to them"
    QUIET = "very quiet recordings: used, all are made equally loud"
    CANCEL = "stereo recordings whose channels cancel each other: the louder one is used"
    OFFSET = "recordings whose mean is not 0: it is taken off"
    LOW_RATE = "recordings of less than 8,000 samples a second: used, high pitches are missing"


STOPS = tuple(SoundOutcome)[: tuple(SoundOutcome).index(SoundOutcome.EMPTY)]
KEPT = tuple(SoundOutcome)[tuple(SoundOutcome).index(SoundOutcome.CLIPPED) :]
LEFT_OUT = tuple(o for o in SoundOutcome if o not in STOPS and o not in KEPT)


class SoundError(ValueError):
    """Why a file gives no sound, as a sentence without its subject, such as "is cut off".

    Args:
        outcome: The kind of fault.
        said: What is wrong with this file, and where there is one, the way out.
    """

    def __init__(self, outcome: SoundOutcome, said: str) -> None:
        super().__init__(said)
        self.outcome = outcome
