"""What was found in a data set of boxes, as one object: printed, it is a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from course_utils.data.boxes.checking import CheckedPicture
from course_utils.data.boxes.findings import Findings
from course_utils.data.boxes.formats import BOX_FORMATS, CORNERS
from course_utils.data.boxes.outcomes import (
    KEPT,
    LEFT_OUT,
    MENDED,
    STOPS,
    Finding,
    Outcome,
)
from course_utils.data.boxes.raw import RawPicture, RawSet
from course_utils.data.class_table import tabulate_classes
from course_utils.data.plain_text import shorten
from course_utils.data.survey_text import COLUMNS, section

Used = TypeVar("Used")


@dataclass(frozen=True)
class UsedPicture:
    """A picture that is used.

    Args:
        raw: As the annotations have it.
        checked: Its boxes.
        size: Width and height in pixels, as it will be shown.
        upright: Whether it is turned as its EXIF remark says.
    """

    raw: RawPicture
    checked: CheckedPicture
    size: tuple[int, int]
    upright: bool


@dataclass(frozen=True)
class BoxSurvey(Findings):
    """What a data set of boxes holds; printed, it is a table of what will be done with it.

    Args:
        name: What it was asked for as, such as ``coco:PATH``.
        raw: How its files were read.
        used: The N pictures that are used if work goes on.
        findings: All that is not plain.
        suspicions: What looks odd, in sentences.
        refusal: Why the boxes cannot be what they are taken for; empty if they can.
        has_parts: Whether its own parts are kept.
        has_masks: Whether every object has a mask.
    """

    name: str
    raw: RawSet
    used: tuple[UsedPicture, ...]
    findings: tuple[Finding, ...]
    suspicions: tuple[str, ...]
    refusal: str
    has_parts: bool
    has_masks: bool

    STOPS = STOPS

    def __str__(self) -> str:
        lines = [shorten(self.name, COLUMNS)]
        lines += tabulate_classes(self.counts, self.raw.class_names, self.parts, "boxes")
        sections = {
            "How it was read": self._reading(),
            "Must be mended, or left out": self.about(STOPS),
            "Left out": self.about(LEFT_OUT),
            "Put right": self.about(MENDED),
            "Kept": self.about(KEPT),
            "Suspicions": iter(self.suspicions),
            "What will be done": self._plans(),
        }
        for title, sentences in sections.items():
            lines += section(title, sentences)
        return "\n".join(lines)

    def details(self) -> str:
        """Every single finding in a line, in the order of the table."""
        said = (
            f"{outcome.value}: {finding.file}" + f": {finding.what}" * bool(finding.what)
            for outcome in Outcome
            for finding in self.of(outcome)
        )
        return "\n".join(said)

    @property
    def counts(self) -> Tensor:
        """Boxes of each class in each part (P, K), int64; P is 1 where there are no parts."""
        rows, parts = [], self.parts  # asked for once: it goes through all pictures
        for part in parts or ("",):
            some = [p for p in self.used if not parts or p.raw.part == part]
            labels = torch.tensor([label for picture in some for label in picture.checked.labels])
            rows.append(labels.long().bincount(minlength=len(self.raw.class_names)))
        return torch.stack(rows)

    def _reading(self) -> Iterator[str]:
        raw = self.raw
        yield self.sizes()
        unit = " in shares of the picture's size" if raw.in_fractions else ""
        yield f"Boxes: {BOX_FORMATS[raw.box_format]} ({raw.box_format}){unit}."
        if not raw.in_fractions or raw.corners != "edges":
            yield f"Corners: {CORNERS[raw.corners]}."
        yield from raw.notes
        regions = [region for p in self.used for region in p.checked.regions]
        some = f"{sum(map(bool, regions)):,} of {len(regions):,} objects have one, so none is used"
        yield f"Masks: {'every object has one' if self.has_masks else some}."

    def _plans(self) -> Iterator[str]:
        if self.refusal:
            yield f"The workbook stops here: {self.refusal}."
        elif self.lines_to_stop():
            yield (
                "The workbook stops here, or goes on without these pictures by "
                "skip_faulty = True. A picture is left out whole: an object without its box would "
                "be learned as background."
            )
        yield self.plan_of_parts()
