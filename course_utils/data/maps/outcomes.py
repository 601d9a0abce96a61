"""What can be found in a data set of maps, and what is done about each."""

from enum import Enum

from course_utils.data.boxes.outcomes import Finding


class MapOutcome(Enum):
    """What was found, and what is done, in the words and the order of the table.

    Where a name is one of ``Outcome``'s, too, it means the same of maps.
    """

    DAMAGED = "masks that cannot be read"
    NO_PICTURE = "masks, or entries of a file, whose picture is missing"
    NO_ANNOTATION = "pictures without a mask (one of zeros would say: background only)"
    UNREADABLE = "pictures that cannot be read"
    OTHER_SIZE = "pictures of another size than their masks"
    UNKNOWN = "masks with values, colours or categories that are no class"
    NO_MASK = "objects whose pixels nothing says that can be drawn"
    DISAGREE = "equal pictures with other masks, of which one must be wrong"

    COPY = "equal pictures with equal masks (the first one is used)"
    UNLISTED = "pictures that the file or the parts do not name"

    CROWD = "crowds (iscrowd): ignored, neither learned from nor scored"
    EMPTY = "pictures of background only: used"


STOPS = tuple(MapOutcome)[: tuple(MapOutcome).index(MapOutcome.COPY)]
LEFT_OUT = (MapOutcome.COPY, MapOutcome.UNLISTED)
KEPT = (MapOutcome.CROWD, MapOutcome.EMPTY)


def of_maps(finding: Finding) -> Finding:
    """What was found by what boxes and maps share, in the words of maps.

    Raises:
        KeyError: If maps know nothing like it.
    """
    what = finding.what.replace("in the annotations", "in the mask")
    return Finding(MapOutcome[finding.outcome.name], finding.file, what)
