"""Boxes from files of masks, in Penn-Fudan's layout: each object has a number of its own."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from course_utils.data.boxes.annotation_files import Pictures, refuse_none, root_of
from course_utils.data.boxes.mask_pairs import masks_among, objects_among, pair_masks
from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.raw import RawBox, RawPicture, RawSet
from course_utils.data.boxes.regions import InFile, RegionError, read_mask

ONE_NAME = ("object",)  # the class, where nobody says another
MANY_PIECES = 0.5  # of the masks with one value, from which that is worth a line


def read_masks(path: Path, class_names: Sequence[str] | None = None) -> RawSet:
    """All objects of a folder of pictures and a folder of masks; boxes are exact.

    A mask is called like its picture, with ``_mask`` or ``mask_`` or without, and lies in a folder
    that has ``mask`` in its name. 0 is background, every other number is one object, as of
    ``objects_among``.

    Args:
        path: The folder.
        class_names: The one name of what all objects are; None for ``object``.

    Raises:
        ValueError: If there is no folder of masks, or more than one name.
    """
    root = root_of(path, "")
    names = ONE_NAME if class_names is None else tuple(class_names)
    if len(names) != 1:
        raise ValueError(
            f"masks that number objects say nothing of classes, so class_names must be one name, "
            f"got {names}"
        )
    pictures = Pictures(root)
    masks = masks_among(pictures)
    if not masks:
        raise refuse_none(root, "folder with mask in its name that holds pictures")
    found, findings = _paired(pictures, masks, names[0])
    most = max((len(picture.boxes) for picture in found), default=0)
    notes = [f"Masks number objects: 0 is background, up to {most} a picture."]
    notes += _suspicion(found)
    return RawSet(
        "masks", root, tuple(found), names, "xyxy", findings=tuple(findings), notes=tuple(notes)
    )


def _paired(
    pictures: Pictures, masks: set[Path], category: str
) -> tuple[list[RawPicture], list[Finding]]:
    """Each picture with the objects of its mask, and what has no partner or cannot be read."""
    parts = {file: pictures.part_of(file) for file in pictures.files}
    shown = [file for file in pictures.files if file not in masks]
    pairs, findings = pair_masks(shown, masks, parts, pictures.name_of)
    found = []
    for file, mask in pairs:
        try:
            values = read_mask(mask)
        except RegionError as error:
            findings.append(Finding(Outcome.DAMAGED, pictures.name_of(mask), str(error)))
            continue
        boxes = _boxes(values, mask, category)
        size = values.shape[::-1]
        found.append(RawPicture(file, pictures.name_of(file), boxes, size, parts[file]))
    return found, findings


def _suspicion(found: Sequence[RawPicture]) -> list[str]:
    """A line if most masks that have one value have it in several pieces."""
    single = [p.boxes[0].region for p in found if len(p.boxes) == 1]
    in_pieces = sum(_in_pieces(read_mask(region.file) == region.value) for region in single)
    if in_pieces <= MANY_PIECES * len(single):
        return []
    return [
        f"Only a suspicion: {in_pieces:,} of {len(found):,} masks have one value in several "
        "pieces, as if the pieces were objects of their own. Number the objects then."
    ]


def _boxes(values: np.ndarray, mask: Path, category: str) -> tuple[RawBox, ...]:
    from scipy.ndimage import find_objects  # here: half a second to import

    numbers = objects_among(np.unique(values).tolist())
    places = np.searchsorted(numbers, values)  # 0, 1, 2, ...: numbers may be far apart
    places = np.where(np.isin(values, numbers), places + 1, 0)
    boxes = []
    for number, (rows, columns) in zip(numbers, find_objects(places), strict=True):
        corners = (columns.start, rows.start, columns.stop, rows.stop)
        boxes.append(
            RawBox(f"value {number}", tuple(map(float, corners)), category, 0,
                   region=InFile(mask, number))
        )  # fmt: skip
    return tuple(boxes)


def _in_pieces(mask: np.ndarray) -> bool:
    from scipy.ndimage import label  # here: half a second to import

    return label(mask)[1] > 1
