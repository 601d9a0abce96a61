"""Which files of a folder are masks, and which part of the data set each file is in."""

import re
from pathlib import Path

from course_utils.data.boxes.annotation_files import Pictures, composed, refuse_none
from course_utils.data.boxes.mask_pairs import masks_among
from course_utils.data.part_names import split_name

FOLDERS = (("mask",), ("segmentationclass",), ("label", "annot", "trimap", "segmentation"))
TWINS = ("segmentationclass", "segmentationobject")  # of VOC; one of them is meant
ENDS = ("_mask", "_masks", "_label", "_labels", "_seg", "_gt", "_L")
BESIDE = re.compile(r"[\W_]*(annotations?|annot|masks?|labels?|images?|imgs?)[\W_]*", re.IGNORECASE)


def find_masks(pictures: Pictures, mask_folder: str | None) -> tuple[set[Path], set[Path]]:
    """The masks among the files, and what is neither mask nor picture.

    Masks lie in the folder that is named, in one that is called so, or beside their pictures with
    one of ``ENDS`` in their names.

    Raises:
        ValueError: If there are none; it says how to name them.
    """
    masks = _in_folders(pictures, mask_folder) or _beside(pictures)
    if not masks:
        raise ValueError(
            f"there is no folder of masks in {pictures.root}: call it masks, or name it by "
            "mask_folder"
        )
    return masks, masks_among(pictures, TWINS) - masks


def _in_folders(pictures: Pictures, mask_folder: str | None) -> set[Path]:
    if mask_folder is None:
        found = (masks_among(pictures, words) for words in FOLDERS)
        return next((masks for masks in found if masks), set())
    place = pictures.root / mask_folder
    masks = {file for file in pictures.files if file.is_relative_to(place)}
    if not masks:
        raise refuse_none(pictures.root, f"picture in mask_folder = {mask_folder!r}")
    return masks


def _beside(pictures: Pictures) -> set[Path]:
    """Files that are called like another one in their folder, with an ending of masks."""
    names = {(file.parent, composed(file.stem)) for file in pictures.files}
    return {
        file
        for file in pictures.files
        for end in ENDS
        if file.stem.endswith(end) and (file.parent, composed(file.stem.removesuffix(end))) in names
    }


def part_of(file: Path, root: Path) -> str:
    """The part whose name a folder above ``file`` has, as of ``train_masks``; or none."""
    for step in reversed(file.parent.relative_to(root).parts):
        spelt = split_name(BESIDE.sub(" ", step))
        if spelt and not spelt[1]:
            return spelt[0]
    return ""
