"""Boxes held against their pictures: what is put right, what is left out, what stops the work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from course_utils.data.boxes.outcomes import STOPS, Finding, Outcome
from course_utils.data.boxes.raw import RawBox, RawPicture
from course_utils.data.boxes.regions import Region, RegionError, RunLengths, draw_region

ROUNDING = 0.02  # pixels; text with six digits is that far off on the largest pictures


@dataclass(frozen=True)
class CheckedPicture:
    """What is left of a picture's boxes.

    Args:
        boxes: (n, 4), float64, in pixels, inside the picture.
        kept: Which of the raw boxes they are.
        findings: What was found.
    """

    boxes: np.ndarray
    kept: tuple[RawBox, ...]
    findings: tuple[Finding, ...]

    @property
    def labels(self) -> list[int]:
        """The class of each box, (n,)."""
        return [box.label or 0 for box in self.kept]

    @property
    def counts(self) -> list[bool]:
        """Which boxes count, (n,)."""
        return [box.apart is None for box in self.kept]

    @property
    def regions(self) -> tuple[Region | None, ...]:
        """Which pixels each object covers, (n,)."""
        return tuple(box.region for box in self.kept)


def check_boxes(
    picture: RawPicture, corners: np.ndarray, size: tuple[int, int], need_masks: bool = False
) -> CheckedPicture:
    """Put right or leave out the boxes of one picture that are wrong.

    Args:
        picture: With m boxes.
        corners: Those that are four numbers, as left, top, right, bottom, (m, 4); NaN where not.
        size: Width and height.
        need_masks: Whether each object must have a mask.
    """
    found: list[tuple[Outcome, RawBox]] = []
    boxes, kept = [], []
    for raw, box in zip(picture.boxes, corners, strict=True):
        raw, exact = with_drawn_runs(raw, size)
        stops = _reason_to_stop(raw, need_masks)
        if stops is not None:
            found.append((stops, raw))
            continue
        mended, outcomes = _mend(box, exact, size)
        found += [(outcome, raw) for outcome in outcomes]
        if mended is None:
            continue
        if _is_there(mended, raw, boxes, kept):
            found.append((Outcome.TWIN, raw))
            continue
        if raw.apart is not None:
            found.append((raw.apart, raw))
        boxes.append(mended)
        kept.append(raw)
    findings = [Finding(outcome, picture.name, str(raw)) for outcome, raw in found]
    if not kept and not any(outcome in STOPS for outcome, _ in found):
        why = "its boxes are left out" if picture.boxes else ""
        findings.append(Finding(Outcome.EMPTY, picture.name, why))
    return CheckedPicture(np.array(boxes).reshape(-1, 4), tuple(kept), tuple(findings))


def _reason_to_stop(raw: RawBox, need_masks: bool) -> Outcome | None:
    """Why a box cannot be used although something is there; None if it can."""
    if raw.label is None:
        return Outcome.UNKNOWN
    if raw.numbers is None:
        return Outcome.NO_NUMBERS
    if need_masks and raw.region is None:
        return Outcome.NO_MASK
    return None


def _mend(
    box: np.ndarray, exact: np.ndarray | None, size: tuple[int, int]
) -> tuple[np.ndarray | None, list[Outcome]]:
    """The box as it can be used (4,), or None; and what was done with it."""
    done = []
    ordered = np.concatenate([np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])])
    if (ordered != box).any():
        done.append(Outcome.SWAPPED)
    if not (ordered[2:] > ordered[:2]).all():
        return None, [Outcome.NO_AREA]
    if exact is not None and (ordered == exact - (0, 0, 1, 1)).all():
        return exact, [Outcome.SHORT]
    limits = np.array(size, dtype=float)
    clipped = np.concatenate([ordered[:2].clip(0, limits), ordered[2:].clip(0, limits)])
    if not (clipped[2:] > clipped[:2]).all():
        return None, [Outcome.OUTSIDE]
    if np.abs(clipped - ordered).max() > ROUNDING:
        done.append(Outcome.CLIPPED)
    return clipped, done


def _is_there(
    box: np.ndarray, raw: RawBox, boxes: Sequence[np.ndarray], kept: Sequence[RawBox]
) -> bool:
    return any(
        (raw.label, raw.region) == (other.label, other.region) and np.array_equal(box, before)
        for before, other in zip(boxes, kept, strict=True)
    )


def with_drawn_runs(raw: RawBox, size: tuple[int, int]) -> tuple[RawBox, np.ndarray | None]:
    """The box without run lengths that cannot be drawn; and the smallest box (4,) around the rest.

    Only run lengths say exactly which pixels are meant: polygons have corners between pixels.
    """
    if not isinstance(raw.region, RunLengths):
        return raw, None
    try:
        drawn = draw_region(raw.region, *size)
    except RegionError:
        return replace(raw, region=None), None
    rows, columns = drawn.any(axis=1).nonzero()[0], drawn.any(axis=0).nonzero()[0]
    if len(rows) == 0:
        return replace(raw, region=None), None
    ends = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return raw, np.array(ends, dtype=float)
