"""Boxes from files of masks, in Penn-Fudan's layout: each object has a number of its own."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from course_utils.data.boxes.annotation_files import Pictures, refuse_none, root_of
from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.raw import RawBox, RawPicture, RawSet
from course_utils.data.boxes.regions import InFile, RegionError, read_mask

VOID = 255  # of VOC: the line around objects, where other numbers are there
ONE_NAME = ("object",)  # the class, where nobody says another
MANY_PIECES = 0.5  # of the masks with one value, from which that is worth a line


def read_masks(path: Path, class_names: Sequence[str] | None = None) -> RawSet:
    """All objects of a folder of pictures and a folder of masks; boxes are exact.

    A mask is called like its picture, with ``_mask`` or ``mask_`` or without, and lies in a folder
    that has ``mask`` in its name. 0 is background, every other number is one object; ``VOID`` is
    none where other numbers are there.

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
    masks = [file for file in pictures.files if _is_mask(file, root)]
    if not masks:
        raise refuse_none(root, "folder with mask in its name that holds pictures")
    by_name = {(_bare(file), pictures.part_of(file)): file for file in masks}
    shown = [file for file in pictures.files if not _is_mask(file, root)]
    found, findings, one_value = [], [], []
    for file in shown:
        name = pictures.name_of(file)
        mask = by_name.pop((file.stem, pictures.part_of(file)), None)
        if mask is None:
            findings.append(Finding(Outcome.NO_ANNOTATION, name))
            continue
        try:
            values = read_mask(mask)
        except RegionError as error:
            findings.append(Finding(Outcome.DAMAGED, pictures.name_of(mask), str(error)))
            continue
        boxes = _boxes(values, mask, names[0])
        one_value += [_in_pieces(values)] if len(boxes) == 1 else []
        found.append(RawPicture(file, name, boxes, values.shape[::-1], pictures.part_of(file)))
    findings += [Finding(Outcome.NO_PICTURE, pictures.name_of(mask)) for mask in by_name.values()]
    numbers = [len(picture.boxes) for picture in found]
    notes = [f"Masks number objects: 0 is background, up to {max(numbers, default=0)} a picture."]
    if one_value and np.mean(one_value) > MANY_PIECES:
        notes.append(
            f"Only a suspicion: {sum(one_value):,} of {len(found):,} masks have one value in "
            "several pieces, as if the pieces were objects of their own. Number the objects then."
        )
    return RawSet(
        "masks", root, tuple(found), names, "xyxy", findings=tuple(findings), notes=tuple(notes)
    )


def _is_mask(file: Path, root: Path) -> bool:
    return any("mask" in step.lower() for step in file.parent.relative_to(root).parts)


def _bare(mask: Path) -> str:
    """The name of the picture that a mask belongs to, without its ending."""
    return mask.stem.removesuffix("_mask").removeprefix("mask_")


def _boxes(values: np.ndarray, mask: Path, category: str) -> tuple[RawBox, ...]:
    from scipy.ndimage import find_objects  # here: half a second to import

    numbers = np.unique(values)
    numbers = numbers[numbers != 0].tolist()
    if len(numbers) > 1 and numbers[-1] == VOID and numbers[-2] != VOID - 1:
        numbers.pop()
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


def _in_pieces(values: np.ndarray) -> bool:
    from scipy.ndimage import label  # here: half a second to import

    return label(values)[1] > 1
