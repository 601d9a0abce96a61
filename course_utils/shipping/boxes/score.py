"""How a detector did at its test, in numbers that a file and a model card hold."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from course_utils.data.plain_text import counted, shorten

NAME = 40  # columns of a name


class Estimate(NamedTuple):
    """A score from 0 to 1, with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class ClassScore(NamedTuple):
    """One class: its average precision, None where no test box is of it, and its test boxes."""

    name: str
    mean_ap: float | None
    num_boxes: int


@dataclass(frozen=True)
class BoxScore:
    """Scores by COCO's rules; printed, with intervals.

    Args:
        mean_ap: Average precision, the mean over classes and over IoU from 0.50 to 0.95.
        ap50: The same at IoU 0.50 alone.
        num_pictures: Test pictures.
        num_boxes: Boxes in them that count.
        num_units: How many pictures, or groups of them, the intervals draw anew.
        unit: ``picture`` or ``group``.
        by_class: Each class by itself.
    """

    mean_ap: Estimate
    ap50: Estimate
    num_pictures: int
    num_boxes: int
    num_units: int
    unit: str = "picture"
    by_class: tuple[ClassScore, ...] = ()

    @property
    def tested_on(self) -> str:
        """Such as ``18 pictures with 45 boxes``."""
        return f"{counted(self.num_pictures, 'picture')} with {self.num_boxes:,} boxes"

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        over = f", drawn in {counted(self.num_units, self.unit)}" if self.unit == "group" else ""
        yield f"mAP {self.mean_ap}, AP50 {self.ap50} on {self.tested_on}{over}"
        for each in self.by_class:
            said = "no box" if each.mean_ap is None else f"mAP {each.mean_ap:.3f}"
            yield f"  {said}, {each.num_boxes:,} boxes: {shorten(each.name, NAME)}"


def to_json(score: BoxScore) -> dict[str, Any]:
    """What JSON holds of ``score``."""
    named = {name: getattr(score, name)._asdict() for name in ("mean_ap", "ap50")}
    return {**asdict(score), **named, "by_class": [each._asdict() for each in score.by_class]}


def from_json(content: Mapping[str, Any]) -> BoxScore:
    """What ``to_json`` was made of."""
    return BoxScore(
        Estimate(**content["mean_ap"]),
        Estimate(**content["ap50"]),
        content["num_pictures"],
        content["num_boxes"],
        content["num_units"],
        content["unit"],
        tuple(ClassScore(**each) for each in content["by_class"]),
    )
