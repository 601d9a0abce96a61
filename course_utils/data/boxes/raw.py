"""Boxes as files hold them, before anything is checked: what each of the four readers gives."""

from dataclasses import dataclass
from pathlib import Path

from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.regions import Region


@dataclass(frozen=True)
class RawBox:
    """One object.

    Args:
        name: What the file calls it, such as ``annotation 17``.
        numbers: Four, in the format of its ``RawSet``; None where there are no four numbers.
        category: What the file says it is.
        label: Place of its category among the names; None if that is unknown.
        apart: ``CROWD`` or ``DIFFICULT`` if it does not count.
        region: What says which pixels are its own, if anything does.
    """

    name: str
    numbers: tuple[float, float, float, float] | None
    category: str
    label: int | None
    apart: Outcome | None = None
    region: Region | None = None

    def __str__(self) -> str:
        said = "" if self.numbers is None else " " + ", ".join(f"{x:.6g}" for x in self.numbers)
        return f"{self.name} {self.category!r}{said}"


@dataclass(frozen=True)
class RawPicture:
    """One picture.

    Args:
        file: Where it is.
        name: What to call it.
        boxes: All its objects.
        size: Width and height that its annotations are for, where these say so.
        part: train, val or test, where the data set says so; else empty.
    """

    file: Path
    name: str
    boxes: tuple[RawBox, ...]
    size: tuple[int, int] | None = None
    part: str = ""


@dataclass(frozen=True)
class RawSet:
    """A whole data set.

    Args:
        form: coco, voc, yolo or masks.
        root: Its folder.
        pictures: Those that are there and have annotations, or are said to have none.
        class_names: In the order of the labels.
        box_format: What the four numbers are: xyxy, xywh or cxcywh.
        corners: What a corner is: see ``formats.CORNERS``.
        in_fractions: Whether they are shares of the picture's width and height.
        findings: What is wrong already.
        notes: How it was read, in sentences.
    """

    form: str
    root: Path
    pictures: tuple[RawPicture, ...]
    class_names: tuple[str, ...]
    box_format: str
    corners: str = "edges"
    in_fractions: bool = False
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
