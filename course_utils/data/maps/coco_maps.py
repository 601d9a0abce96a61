"""Maps from the outlines of objects in COCO's form: polygons and run lengths."""

from course_utils.data.boxes.checking import with_drawn_runs
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.boxes.raw import RawBox, RawPicture
from course_utils.data.maps.drawing import FromRegions
from course_utils.data.maps.outcomes import MapOutcome


def outlines_of(
    picture: RawPicture, size: tuple[int, int]
) -> tuple[FromRegions, tuple[int, ...], list[Finding]]:
    """What the map of a picture is drawn from, the classes that it holds, and what was found.

    Crowds are ignored. A picture with an object that has no outline cannot be used: the object
    would be learned as background. Boxes play no part.

    Args:
        picture: With its n objects.
        size: Width and height.
    """
    boxes = [with_drawn_runs(box, size)[0] for box in picture.boxes]
    findings = [
        Finding(outcome, picture.name, str(box)) for box in boxes for outcome in _outcomes(box)
    ]
    drawn = [box for box in boxes if box.label is not None and box.region is not None]
    source = FromRegions(
        tuple(box.region for box in drawn),
        tuple(box.label for box in drawn),
        tuple(box.apart is None for box in drawn),
    )
    present = sorted({box.label + 1 for box in drawn if box.apart is None})  # 0 is background
    return source, (0, *present), findings


def _outcomes(box: RawBox) -> list[MapOutcome]:
    if box.label is None:
        return [MapOutcome.UNKNOWN]
    if box.region is None:
        return [MapOutcome.NO_MASK]
    return [] if box.apart is None else [MapOutcome.CROWD]
