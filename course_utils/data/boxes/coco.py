"""Boxes in COCO's form: one JSON file, or one for each part, with pictures beside it."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from course_utils.data.boxes.annotation_files import Pictures, root_of
from course_utils.data.boxes.coco_files import find_by_part, read_content
from course_utils.data.boxes.formats import four_numbers
from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.raw import RawBox, RawPicture, RawSet
from course_utils.data.boxes.regions import Polygons, RegionError, extent, parse_segmentation
from course_utils.data.damaged_pictures import listed


def read_coco(path: Path) -> RawSet:
    """All boxes of a JSON file, or of the JSON files of a folder.

    Args:
        path: The file; or a folder that holds one, or one for each part, called after it or in a
            folder called after it. Where some are called ``instances``, these are meant.

    Raises:
        ValueError: If there is no such file, several cannot be told apart, or one is damaged.
    """
    root = root_of(path, ".json")
    if path.is_file() and root.name == "annotations":
        root = root.parent
    files = {"": path} if path.is_file() else find_by_part(root)
    contents = {part: read_content(file) for part, file in files.items()}
    names = _class_names(contents.values())
    pictures = Pictures(root)
    found, findings = [], []
    for part, content in contents.items():
        some, wrong = _read_pictures(content, files[part], part, names, pictures)
        found += some
        findings += wrong
    used = {picture.file for picture in found}
    findings += [
        Finding(Outcome.UNLISTED, pictures.name_of(file))
        for file in pictures.files
        if file not in used
    ]
    notes = [f"Annotations: {', '.join(pictures.name_of(file) for file in files.values())}."]
    notes += _notes(found, names)
    return RawSet(
        "coco", root, tuple(found), names, "xywh", findings=tuple(findings), notes=tuple(notes)
    )


def _class_names(contents: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Names of the categories, in the order of their numbers in the first file that has them."""
    names: list[str] = []
    for content in contents:
        try:
            pairs = sorted((int(c["id"]), str(c["name"]).strip()) for c in content["categories"])
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(
                f"a category of the COCO file has no id or no name ({error!r}); give it both"
            ) from error
        names += [name for _, name in pairs if name not in names]
    return tuple(dict.fromkeys(names))


def _read_pictures(
    content: dict[str, Any],
    file: Path,
    part: str,
    names: Sequence[str],
    pictures: Pictures,
) -> tuple[list[RawPicture], list[Finding]]:
    """The pictures that one JSON file names, and what is wrong with it."""
    categories = {_number(c, "id"): str(c["name"]).strip() for c in content["categories"]}
    boxes: dict[Any, list[RawBox]] = {}
    for annotation in content["annotations"]:
        box = _box(annotation, categories, names)
        boxes.setdefault(_number(annotation, "image_id"), []).append(box)
    found, findings = [], []
    for image in content["images"]:
        name = str(image.get("file_name", ""))
        picture = pictures.named(name, file.parent, part)
        mine = tuple(boxes.pop(_number(image, "id"), ()))
        if picture is None:
            what = f"{len(mine)} boxes in {file.name}"
            findings.append(Finding(Outcome.NO_PICTURE, name or f"image {image.get('id')}", what))
            continue
        found.append(RawPicture(picture, pictures.name_of(picture), mine, _size(image), part))
    for number, orphans in boxes.items():
        what = f"{len(orphans)} boxes of image_id {number!r}, which is not in images"
        findings.append(Finding(Outcome.NO_PICTURE, file.name, what))
    return found, findings


def _box(
    annotation: Mapping[str, Any], categories: Mapping[Any, str], names: Sequence[str]
) -> RawBox:
    number = _number(annotation, "category_id")
    category = categories.get(number)
    try:
        region = parse_segmentation(annotation.get("segmentation"))
    except RegionError:
        region = None
    numbers = four_numbers(annotation.get("bbox"))
    if not annotation.get("bbox") and isinstance(region, Polygons):
        left, top, right, bottom = extent(region)
        numbers = (left, top, right - left, bottom - top)
    return RawBox(
        f"annotation {annotation.get('id', '?')}",
        numbers,
        f"category_id {number!r}" if category is None else category,
        None if category is None else names.index(category),
        Outcome.CROWD if annotation.get("iscrowd") else None,
        region,
    )


def _number(entry: Mapping[str, Any], name: str) -> Hashable:
    """A number by which entries name one another; some programs write it as text."""
    said = entry.get(name)
    try:
        return int(said)
    except (TypeError, ValueError, OverflowError):
        return str(said)


def _size(image: Mapping[str, Any]) -> tuple[int, int] | None:
    try:
        size = int(image["width"]), int(image["height"])
    except (TypeError, KeyError, ValueError):
        return None
    return size if min(size) > 0 else None


def _notes(found: Sequence[RawPicture], names: Sequence[str]) -> list[str]:
    used = Counter(box.label for picture in found for box in picture.boxes)
    unused = [name for label, name in enumerate(names) if not used[label]]
    return [f"Categories without a box: {listed(unused)}."] if unused else []
