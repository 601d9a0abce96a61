"""A data set of boxes looked through, before any picture is decoded."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from course_utils.data.boxes.checking import CheckedPicture, check_boxes
from course_utils.data.boxes.coco import read_coco
from course_utils.data.boxes.formats import (
    BOX_FORMATS,
    CORNERS,
    Judgement,
    as_corners,
    judge_ends,
    judge_format,
    judge_unit,
)
from course_utils.data.boxes.instance_masks import read_masks
from course_utils.data.boxes.outcomes import STOPS, Finding, Outcome
from course_utils.data.boxes.raw import RawPicture, RawSet
from course_utils.data.boxes.sizes import Size, read_sizes
from course_utils.data.boxes.survey import BoxSurvey, UsedPicture
from course_utils.data.boxes.twins import leave_out_copies
from course_utils.data.boxes.voc import read_voc
from course_utils.data.boxes.yolo import read_yolo
from course_utils.data.unreadable import Unreadable

Used = TypeVar("Used")  # a picture that is used, with its ``raw``
FORMS = '"coco:PATH", "voc:PATH", "yolo:PATH" or "masks:PATH"'


def survey_boxes(
    dataset: str,
    *,
    class_names: Sequence[str] | None = None,
    box_format: str | None = None,
    corners: str | None = None,
    missing_is_empty: bool = False,
    need_masks: bool = False,
    split_anew: bool = False,
) -> BoxSurvey:
    """What a data set holds and what ``read_boxes`` does with it; no picture is decoded.

    Args:
        dataset: As of ``read_boxes``.
        class_names: For voc all categories that may occur; for yolo those in the place of
            data.yaml; for masks the one name of all objects. None for what the files say.
        box_format: xyxy, xywh or cxcywh, for who knows better than the form's own rule.
        corners: edges, from_0 or from_1, for the same.
        missing_is_empty: Whether, in yolo, a picture without a text file has no objects.
        need_masks: Whether an object without a mask stops the work.
        split_anew: Whether to forget the data set's own parts.

    Raises:
        ValueError: If an argument does not fit, or the files are not of that form at all.
    """
    _check(box_format, corners)
    raw = _read(dataset, class_names, missing_is_empty)
    insisted = box_format is not None
    raw = replace(raw, box_format=box_format or raw.box_format, corners=corners or raw.corners)
    shown, wrong = sized(raw.pictures)
    findings = [*raw.findings, *wrong]
    numbers, sizes = _all_numbers(shown)
    boxes = as_corners(numbers, sizes, raw.box_format, raw.corners, raw.in_fractions)
    judged = _judge(numbers, sizes, boxes, raw, insisted)
    ends = np.cumsum([len(picture.boxes) for picture, _, _ in shown])
    used = []
    for (picture, size, upright), mine in zip(shown, np.split(boxes, ends)[:-1], strict=True):
        checked = check_boxes(picture, mine, size, need_masks)
        used.append(UsedPicture(picture, checked, size, upright))
        findings += checked.findings
    faulty = {finding.file for finding in findings if finding.outcome in STOPS}
    used = [picture for picture in used if picture.raw.name not in faulty]
    used, more = leave_out_copies(used)
    findings += more
    used, more, has_parts = by_part(used, split_anew)
    findings += more
    return BoxSurvey(
        dataset, raw, tuple(used), tuple(findings), judged.suspicions, judged.refusal,
        has_parts, _have_masks([picture.checked for picture in used]),
    )  # fmt: skip


def _judge(
    numbers: np.ndarray, sizes: np.ndarray, boxes: np.ndarray, raw: RawSet, insisted: bool
) -> Judgement:
    """Whether all these boxes can be what they are taken for; ``insisted``, if the user says so."""
    known = np.isfinite(numbers).all(axis=1)
    numbers, sizes, boxes = numbers[known], sizes[known], boxes[known]
    refusal = "" if insisted else judge_unit(numbers, raw.in_fractions)
    if refusal or len(numbers) == 0:
        return Judgement(refusal)
    judged = Judgement()
    if not insisted:
        judged = judge_format(numbers, sizes, raw.box_format, raw.in_fractions)
    ends = judge_ends(boxes, sizes, raw.corners)
    return Judgement(judged.refusal, judged.suspicions + ends)


def _check(box_format: str | None, corners: str | None) -> None:
    for name, value, known in (
        ("box_format", box_format, BOX_FORMATS),
        ("corners", corners, CORNERS),
    ):
        if value is not None and value not in known:
            raise ValueError(f"{name} must be {', '.join(map(repr, known))} or None, got {value!r}")


def _read(dataset: str, class_names: Sequence[str] | None, missing_is_empty: bool) -> RawSet:
    form, _, place = dataset.partition(":")
    path = Path(place).expanduser()
    if not place or form not in ("coco", "voc", "yolo", "masks"):
        raise ValueError(f"a data set of boxes must be {FORMS}, got {dataset!r}")
    if form == "coco":
        if class_names is not None:
            raise ValueError(
                "a COCO file brings the names of its categories; leave out class_names"
            )
        return read_coco(path)
    if form == "voc":
        return read_voc(path, class_names)
    if form == "masks":
        return read_masks(path, class_names)
    return read_yolo(path, class_names, missing_is_empty)


def sized(
    pictures: Sequence[RawPicture],
) -> tuple[list[tuple[RawPicture, tuple[int, int], bool]], list[Finding]]:
    """Each picture that can be opened, its size and whether it is turned upright for that."""
    shown, findings = [], []
    sizes = read_sizes([picture.file for picture in pictures])
    for picture, size in zip(pictures, sizes, strict=True):
        if isinstance(size, Unreadable):
            findings.append(Finding(Outcome.UNREADABLE, picture.name, size.value[0]))
        elif picture.size in (None, size.upright):
            shown.append((picture, size.upright, True))
        elif picture.size == size.stored:
            shown.append((picture, size.stored, False))
        else:
            findings.append(Finding(Outcome.OTHER_SIZE, picture.name, _differ(picture, size)))
    return shown, findings


def _differ(picture: RawPicture, size: Size) -> str:
    told, real = ("x".join(map(str, pair)) for pair in (picture.size, size.upright))
    return f"{told} in the annotations, {real} in the file"


def _all_numbers(
    shown: Sequence[tuple[RawPicture, tuple[int, int], bool]],
) -> tuple[np.ndarray, np.ndarray]:
    """Of all boxes the numbers (M, 4) and the picture's size (M, 2)."""
    nothing = (np.nan,) * 4
    numbers = [box.numbers or nothing for picture, _, _ in shown for box in picture.boxes]
    sizes = [size for picture, size, _ in shown for _ in picture.boxes]
    return (
        np.array(numbers, dtype=float).reshape(-1, 4),
        np.array(sizes, dtype=float).reshape(-1, 2),
    )


def by_part(used: list[Used], split_anew: bool) -> tuple[list[Used], list[Finding], bool]:
    """The pictures of the data set's own parts, where it has a part to learn from."""
    parts = {picture.raw.part for picture in used}
    if split_anew or "train" not in parts or parts == {"train"}:
        return used, [], False
    beside = [
        Finding(Outcome.UNLISTED, picture.raw.name, "in no part")
        for picture in used
        if not picture.raw.part
    ]
    return [picture for picture in used if picture.raw.part], beside, True


def _have_masks(checked: Sequence[CheckedPicture]) -> bool:
    regions = [region for picture in checked for region in picture.regions]
    return bool(regions) and None not in regions
