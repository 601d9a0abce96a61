"""What can be found in a data set of boxes, and what is done about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from course_utils.data.plain_text import counted, shorten

EXAMPLES = 3  # files named of each kind
NAME, WHAT = 40, 60  # columns of a file's name, and of what was found in it


class Outcome(Enum):
    """What was found, and what is done, in the words and the order of the table."""

    DAMAGED = "annotation files that cannot be read"
    NO_PICTURE = "annotations whose picture is missing"
    NO_ANNOTATION = "pictures without an annotation file (an empty one would say: no object)"
    UNREADABLE = "pictures that cannot be read"
    OTHER_SIZE = "pictures of another size than their annotations are for"
    UNKNOWN = "boxes of an unknown category"
    NO_NUMBERS = "boxes that are not four numbers"
    NO_MASK = "objects without a mask that can be drawn"
    DISAGREE = "equal pictures with other boxes, of which one must be wrong"

    OUTSIDE = "boxes wholly out of the picture"
    NO_AREA = "boxes without width or height"
    TWIN = "boxes that are there twice, with the same category (counted once)"
    COPY = "equal pictures with equal boxes (the first one is used)"
    UNLISTED = "pictures that the annotations do not name"

    CLIPPED = "boxes partly out of the picture: clipped to it"
    SWAPPED = "boxes with their corners swapped: put in order"
    SHORT = "boxes that end one pixel before their masks do: taken from the masks"

    CROWD = "crowds (iscrowd): kept, but neither learned from nor scored"
    DIFFICULT = "difficult ones: kept, but neither learned from nor scored"
    EMPTY = "pictures without objects: used, with no box"


STOPS = tuple(Outcome)[: tuple(Outcome).index(Outcome.OUTSIDE)]
LEFT_OUT = (Outcome.OUTSIDE, Outcome.NO_AREA, Outcome.TWIN, Outcome.COPY, Outcome.UNLISTED)
MENDED = (Outcome.CLIPPED, Outcome.SWAPPED, Outcome.SHORT)
KEPT = (Outcome.CROWD, Outcome.DIFFICULT, Outcome.EMPTY)


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Args:
        outcome: What it is, and what is done: an ``Outcome``, or one of other data sets.
        file: Name of the picture or of the file with annotations.
        what: Which box and its values, or why; empty if the name says all.
    """

    outcome: Enum
    file: str
    what: str = ""

    def __str__(self) -> str:
        name = shorten(self.file, NAME)
        return f"{name}: {shorten(self.what, WHAT)}" if self.what else name


def sum_up(outcome: Enum, findings: Sequence[Finding]) -> str:
    """All findings of one ``outcome`` in a line: how many, in how many files, and the first."""
    of_files: dict[str, list[Finding]] = {}
    for finding in findings:
        of_files.setdefault(finding.file, []).append(finding)
    number = f"{len(findings):,}"
    if len(of_files) < len(findings):
        number += f" in {counted(len(of_files), 'file')}"
    shown = [
        f"{some[0]}" + f" and {len(some) - 1:,} more there" * (len(some) > 1)
        for some in list(of_files.values())[:EXAMPLES]
    ]
    rest = "; …" if len(of_files) > EXAMPLES else ""
    return f"{outcome.value}: {number} ({'; '.join(shown)}{rest})"
