"""What masks in the form of VOC say besides: colours of twenty classes, and lists of pictures."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from course_utils.data.boxes.annotation_files import composed
from course_utils.data.boxes.examples import IGNORED
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.boxes.regions import opened_mask
from course_utils.data.boxes.voc_lists import Lists
from course_utils.data.maps.examples import BACKGROUND
from course_utils.data.maps.name_files import ClassNames
from course_utils.data.maps.outcomes import MapOutcome
from course_utils.data.voc_archives import VOC_CLASSES

CLASSES = "SegmentationClass"  # the folder of masks whose values are classes
VOC_NAMES = (BACKGROUND, *VOC_CLASSES)  # of the values 0 to 20
KNOWN = {*range(len(VOC_NAMES)), IGNORED}


def voc_names(values: Mapping[Path, Iterable[int]]) -> ClassNames:
    """VOC's names of classes, if all masks lie in its folder and have its values and colours.

    Args:
        values: What numbers each mask holds.
    """
    in_folder = all(
        file.parent.name == CLASSES and KNOWN.issuperset(values[file]) for file in values
    )
    if not values or not in_folder:
        return ClassNames()
    if not all(_has_its_colours(file, numbers) for file, numbers in values.items()):
        return ClassNames()
    note = (
        "Names of the classes: VOC's own, as the masks have its colours; class_names says others."
    )
    return ClassNames(VOC_NAMES, note=note)


def _has_its_colours(file: Path, values: Iterable[int]) -> bool:
    """Whether the palette of a mask that can be read has VOC's colours at these values."""
    with opened_mask(file) as opened:
        palette = opened.getpalette() if opened.mode == "P" else None
    return palette is not None and all(
        tuple(palette[3 * value : 3 * value + 3]) == voc_colour(value) for value in values
    )


def voc_colour(value: int) -> tuple[int, int, int]:
    """Red, green and blue of a value in VOC's palette.

    The lowest three bits of the value are the highest of the three colours, and so on.

    Source: the function ``VOClabelcolormap`` of the development kit of VOC 2012,
        http://host.robots.ox.ac.uk/pascal/VOC/voc2012
    """
    red, green, blue = (
        sum((value >> 3 * step + colour & 1) << 7 - step for step in range(3))
        for colour in range(3)
    )
    return red, green, blue


def by_lists(findings: Sequence[Finding], lists: Lists, pictures: Sequence[Path]) -> list[Finding]:
    """What was found, and which listed pictures are lost; those that no list names need no mask.

    Args:
        findings: What pictures and masks lack, in the words of maps.
        lists: Of the pictures that are meant; where they name none, ``findings`` stay as they are.
        pictures: Files of pictures.
    """
    if not lists.parts:
        return list(findings)
    found = [_by_list(finding, lists) for finding in findings]
    there = {composed(file.stem) for file in pictures}
    lost = (name for name in lists.parts if name not in there)
    return found + [Finding(MapOutcome.NO_PICTURE, lists.files[name], name) for name in lost]


def _by_list(finding: Finding, lists: Lists) -> Finding:
    if finding.outcome is not MapOutcome.NO_ANNOTATION:
        return finding
    name = composed(Path(finding.file).stem)
    if name in lists.parts:
        return Finding(MapOutcome.NO_ANNOTATION, finding.file, f"{lists.files[name]} names it")
    return Finding(MapOutcome.UNLISTED, finding.file, "no mask")
