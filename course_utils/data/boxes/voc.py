"""Boxes in the form of PASCAL VOC: an XML file for each picture."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from course_utils.data.boxes.annotation_files import (
    AnnotationError,
    Pictures,
    files_below,
    refuse_none,
    root_of,
)
from course_utils.data.boxes.formats import count_from, four_numbers
from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.raw import RawBox, RawPicture, RawSet
from course_utils.data.boxes.voc_lists import read_lists

MASKS = ("SegmentationClass", "SegmentationObject")  # folders of masks, called like pictures
ENDS = ("xmin", "ymin", "xmax", "ymax")


def read_voc(path: Path, class_names: Sequence[str] | None = None) -> RawSet:
    """All boxes of the XML files in a folder.

    An XML file belongs to the picture of its own name, or else to the one that it names. Lists in
    ``ImageSets/Main`` called train, val, trainval or test are the parts.

    Args:
        path: The folder.
        class_names: The categories, in their order; None for all that occur, sorted.

    Raises:
        ValueError: If there is no XML file, or in none of them boxes of this form.
    """
    root = root_of(path, ".xml")
    files = [path] if path.is_file() else files_below(root, ".xml")
    pictures, lists = Pictures(root, not_in=MASKS), read_lists(root, "Main")
    if not files:
        raise refuse_none(root, "XML file", files_below(root, ".json") + files_below(root, ".txt"))
    read, findings = _read_all(files, pictures)
    if not read and all(finding.outcome is Outcome.DAMAGED for finding in findings):
        raise ValueError(f"no XML file in {root} is of VOC's form: {findings[0]}")
    names = _names_in(read.values()) if class_names is None else tuple(class_names)
    found = [
        _picture(picture, element, names, pictures, lists.part_of(picture))
        for picture, element in sorted(read.items())
    ]
    raw = _as_set(root, found, names, pictures, findings)
    return replace(raw, notes=(*raw.notes, *lists.notes))


def _read_all(
    files: Sequence[Path], pictures: Pictures
) -> tuple[dict[Path, Element], list[Finding]]:
    """What the XML file of each picture holds; and which are damaged or have no picture."""
    read, findings = {}, []
    for file in files:
        name = pictures.name_of(file)
        try:
            element = _read(file)
        except AnnotationError as error:
            findings.append(Finding(Outcome.DAMAGED, name, str(error)))
            continue
        picture = _picture_of(file, element, pictures)
        if picture is None:
            what = f"{len(element.findall('object'))} boxes"
            findings.append(Finding(Outcome.NO_PICTURE, name, what))
        else:
            read[picture] = element
    return read, findings


def _as_set(
    root: Path,
    found: Sequence[RawPicture],
    names: tuple[str, ...],
    pictures: Pictures,
    findings: Sequence[Finding],
) -> RawSet:
    have, damaged = (
        {picture.file for picture in found},
        {Path(f.file).stem for f in findings if f.outcome is Outcome.DAMAGED},
    )
    without = [
        Finding(Outcome.NO_ANNOTATION, pictures.name_of(file))
        for file in pictures.files
        if file not in have and file.stem not in damaged
    ]
    numbers = [box.numbers for picture in found for box in picture.boxes if box.numbers]
    corners, why = count_from(np.array(numbers).reshape(-1, 4))
    notes = [why] * bool(why) + _notes(names)
    return RawSet(
        "voc", root, tuple(found), names, "xyxy", corners,
        findings=(*findings, *without), notes=tuple(notes),
    )  # fmt: skip


def _read(file: Path) -> Element:
    try:
        element = fromstring(file.read_bytes())
    except OSError as error:
        raise AnnotationError(f"cannot be opened ({error.strerror})") from error
    except ParseError as error:
        raise AnnotationError(f"damaged XML: {error}") from error
    except DefusedXmlException as error:
        raise AnnotationError("defines entities, which no annotation needs") from error
    except (ValueError, LookupError) as error:  # an encoding that does not exist or does not fit
        raise AnnotationError(f"in an encoding that cannot be read: {error}") from error
    if element.tag != "annotation":
        raise AnnotationError(f"begins with <{element.tag}>, not with <annotation>")
    return element


def _picture_of(file: Path, element: Element, pictures: Pictures) -> Path | None:
    part = pictures.part_of(file)
    by_stem = pictures.with_stem(file.stem, file.parent, part)
    named = element.findtext("filename", "").strip()
    return by_stem or (pictures.named(named, file.parent, part) if named else None)


def _names_in(elements: Iterable[Element]) -> tuple[str, ...]:
    said = (_name(thing) for element in elements for thing in element.findall("object"))
    return tuple(sorted({name for name in said if name}))


def _name(thing: Element) -> str:
    return (thing.findtext("name") or "").strip()


def _picture(
    file: Path, element: Element, names: Sequence[str], pictures: Pictures, part: str | None
) -> RawPicture:
    boxes = []
    for number, thing in enumerate(element.findall("object"), start=1):
        name = _name(thing)
        box = thing.find("bndbox")
        said = None if box is None else [box.findtext(end) for end in ENDS]
        is_difficult = (thing.findtext("difficult") or "0").strip() not in ("0", "")
        boxes.append(
            RawBox(
                f"object {number}",
                four_numbers(said),
                name or "(no name)",
                names.index(name) if name in names else None,
                Outcome.DIFFICULT if is_difficult else None,
            )
        )
    part = pictures.part_of(file) if part is None else part
    return RawPicture(file, pictures.name_of(file), tuple(boxes), _size(element), part)


def _size(element: Element) -> tuple[int, int] | None:
    """Width and height; None where they are missing or 0, as some programs write them."""
    try:
        size = tuple(int(element.findtext(f"size/{side}", "0")) for side in ("width", "height"))
    except ValueError:
        return None
    return size if min(size) > 0 else None


def _notes(names: Sequence[str]) -> list[str]:
    alike = Counter("".join(name.split()).casefold() for name in names)
    same = [name for name in names if alike["".join(name.split()).casefold()] > 1]
    if not same:
        return []
    said = ", ".join(map(repr, same[:4]))
    return [f"Names that differ only in capitals or blanks are categories of their own: {said}."]
