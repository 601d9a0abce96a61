"""Boxes that a detector found as a file in COCO's form, which other programs and lesson 08 read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.files import write_whole
from course_utils.shipping.boxes.answering import Found
from course_utils.shipping.finding import seen_from

DIGITS = 3  # of pixels
SCORE_DIGITS = 6


class CocoResults:
    """Pictures, the boxes found on them and the categories, in one JSON file.

    Args:
        out: The file. Pictures are named as seen from its folder.
        class_names: K names, whose categories are numbered from 1.
        facts: What else readers may want to know, for ``info``.
    """

    def __init__(self, out: Path, class_names: Sequence[str], facts: dict[str, Any]) -> None:
        self._out, self._facts = out, facts
        self._categories = [{"id": k, "name": name} for k, name in enumerate(class_names, 1)]
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        self._problems: list[dict[str, str]] = []

    @property
    def num_boxes(self) -> int:
        """Boxes so far."""
        return len(self._annotations)

    @property
    def is_beside(self) -> bool:
        """Whether all pictures lie in the file's folder or below: there ``coco:`` looks."""
        names = (Path(image["file_name"]) for image in self._images)
        return not any(name.is_absolute() or ".." in name.parts for name in names)

    def add(self, file: Path, found: Found) -> None:
        """One picture: its boxes, or why it could not be read."""
        name = seen_from(self._out.parent, file)
        if found.size is None:
            self._problems.append({"file_name": name, "problem": found.problem or ""})
            return
        number, (width, height) = len(self._images) + 1, found.size
        image = {"id": number, "file_name": name, "width": width, "height": height}
        self._images.append(image)
        columns = (found.detections[name].tolist() for name in ("boxes", "labels", "scores"))
        for (left, top, right, bottom), label, score in zip(*columns, strict=True):
            box = [round(side, DIGITS) for side in (left, top, right - left, bottom - top)]
            self._annotations.append(
                {
                    "id": len(self._annotations) + 1,
                    "image_id": number,
                    "category_id": label + 1,
                    "bbox": box,
                    "area": round(box[2] * box[3], DIGITS),
                    "iscrowd": 0,
                    "score": round(score, SCORE_DIGITS),
                }
            )

    def write(self) -> None:
        """Write the file, whole or not at all."""
        content = {
            "info": self._facts,
            "images": self._images,
            "annotations": self._annotations,
            "categories": self._categories,
            "problems": self._problems,
        }
        write_whole(self._out, (json.dumps(content, indent=1) + "\n").encode())
