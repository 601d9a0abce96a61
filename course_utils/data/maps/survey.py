"""What was found in a data set of maps, as one object: printed, it is a table."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.boxes.findings import Findings
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.boxes.raw import RawPicture
from course_utils.data.class_table import tabulate_classes
from course_utils.data.maps.drawing import Source
from course_utils.data.maps.outcomes import KEPT, LEFT_OUT, STOPS
from course_utils.data.plain_text import shorten
from course_utils.data.survey_text import COLUMNS, section


@dataclass(frozen=True)
class UsedMap:
    """A picture that is used.

    Args:
        raw: The picture; its boxes play no part.
        source: What its map is drawn from.
        present: Classes that the map holds.
        size: Width and height in pixels, as it will be shown.
        upright: Whether it is turned as its EXIF remark says.
    """

    raw: RawPicture
    source: Source
    present: tuple[int, ...]
    size: tuple[int, int]
    upright: bool


@dataclass(frozen=True)
class MapSurvey(Findings):
    """What a data set of maps holds; printed, it is a table of what will be done with it.

    Args:
        name: What it was asked for as, such as ``masks:PATH``.
        class_names: K names.
        used: The N pictures that are used if work goes on.
        findings: All that is not plain.
        notes: How it was read, in sentences.
        refusal: Why the masks cannot be used as they are; empty if they can.
        has_parts: Whether its own parts are kept.
    """

    name: str
    class_names: tuple[str, ...]
    used: tuple[UsedMap, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    refusal: str
    has_parts: bool

    STOPS = STOPS

    def __str__(self) -> str:
        lines = [shorten(self.name, COLUMNS)]
        if self.class_names:
            lines += tabulate_classes(self._counts(), self.class_names, self.parts)[:-1]
            lines.append("  A picture counts for each class that its map holds.")
        sections = {
            "How it was read": self._reading(),
            "Must be mended, or left out": self.about(STOPS),
            "Left out": self.about(LEFT_OUT),
            "Kept": self.about(KEPT),
            "What will be done": self._plans(),
        }
        for title, sentences in sections.items():
            lines += section(title, sentences)
        return "\n".join(lines)

    @property
    def present(self) -> Tensor:
        """Which classes each map holds (N, K), bool."""
        found = torch.zeros(len(self.used), len(self.class_names), dtype=torch.bool)
        for row, picture in zip(found, self.used, strict=True):
            row[list(picture.present)] = True
        return found

    def _counts(self) -> Tensor:
        """Pictures with each class in each part (P, K), int64; P is 1 without parts."""
        present, parts = self.present, self.parts
        if not parts:
            return present.sum(dim=0, keepdim=True)
        of_part = [torch.tensor([p.raw.part == part for p in self.used]) for part in parts]
        return torch.stack([present[some].sum(dim=0) for some in of_part])

    def _reading(self) -> Iterator[str]:
        yield self.sizes()
        yield from self.notes

    def _plans(self) -> Iterator[str]:
        if self.refusal:
            yield f"The workbook stops here: {self.refusal}."
        elif self.lines_to_stop():
            yield (
                "The workbook stops here, or goes on without these pictures by skip_faulty = True. "
                "A picture is left out whole."
            )
        yield self.plan_of_parts()
