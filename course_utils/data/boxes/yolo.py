"""Boxes in YOLO's form: a text file for each picture, a line for each box, in shares of it."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.data.boxes.annotation_files import (
    AnnotationError,
    Pictures,
    composed,
    files_below,
    number_names,
    read_text,
    refuse_none,
    root_of,
)
from course_utils.data.boxes.formats import four_numbers
from course_utils.data.boxes.outcomes import Finding, Outcome
from course_utils.data.boxes.raw import RawBox, RawPicture, RawSet
from course_utils.data.boxes.regions import Polygons, RegionError, extent, parse_polygons
from course_utils.data.boxes.yolo_names import NO_LABELS, Names, read_names

LABELS = {"images": "labels", "Images": "Labels", "IMAGES": "LABELS"}  # folders beside each other


def read_yolo(
    path: Path, class_names: Sequence[str] | None = None, missing_is_empty: bool = False
) -> RawSet:
    """All boxes of the text files in a folder.

    The text file of ``images/a.jpg`` is ``labels/a.txt``, or ``a.txt`` beside the picture.

    Args:
        path: The folder, or its ``data.yaml``.
        class_names: The categories, in the order of their numbers; None for those in data.yaml,
            classes.txt or obj.names.
        missing_is_empty: Whether a picture without a text file is one without objects, as some
            programs mean it.

    Raises:
        ValueError: If there are no text files, or nothing says the names of the categories.
    """
    root = root_of(path, ".yaml .yml")
    names = read_names(root, path if path.is_file() else None, class_names)
    pictures = Pictures(root)
    files = {file for file in files_below(root, ".txt") if _is_labels(file, pictures)}
    if not files:
        raise refuse_none(root, "text file of boxes", files_below(root, ".json"))
    found, findings = [], []
    for picture in pictures.files:
        read = _read_picture(picture, pictures, names, files, missing_is_empty)
        (findings if isinstance(read, Finding) else found).append(read)
    have = {place for picture in pictures.files for place in _places(picture)}
    alone = [pictures.name_of(file) for file in sorted(files - have)]
    findings += [Finding(Outcome.NO_PICTURE, name) for name in alone]
    return RawSet(
        "yolo", root, tuple(found), names.names, "cxcywh",
        in_fractions=True, findings=tuple(findings), notes=names.notes,
    )  # fmt: skip


def _read_picture(
    picture: Path, pictures: Pictures, names: Names, files: set[Path], missing_is_empty: bool
) -> RawPicture | Finding:
    """A picture with the boxes of its text file; or why it has none."""
    name = pictures.name_of(picture)
    part = pictures.part_of(picture) if names.parts is None else names.part_of(picture)
    if names.parts is not None and not part:
        return Finding(Outcome.UNLISTED, name)
    file = next((place for place in _places(picture) if place in files), None)
    if file is None and not missing_is_empty:
        return Finding(Outcome.NO_ANNOTATION, name)
    try:
        boxes = () if file is None else _read(file, names.names)
    except AnnotationError as error:
        return Finding(Outcome.DAMAGED, pictures.name_of(file), str(error))
    return RawPicture(picture, name, boxes, part=part)


def _places(picture: Path) -> list[Path]:
    """Where the text file of a picture may be."""
    own = picture.with_suffix(".txt")
    steps = list(own.parts)
    for place in range(len(steps) - 2, -1, -1):
        if steps[place] in LABELS:
            return [Path(*steps[:place], LABELS[steps[place]], *steps[place + 1 :]), own]
    return [own]


def _is_labels(file: Path, pictures: Pictures) -> bool:
    """Whether ``file`` holds boxes: it lies in a folder of labels, or beside pictures."""
    if file.name.lower() in NO_LABELS or file.stem.lower().startswith("readme"):
        return False
    in_labels = any(step.lower() == "labels" for step in file.relative_to(pictures.root).parts)
    has_picture = pictures.with_stem(composed(file.stem), file.parent) is not None
    return in_labels or (
        file.parent in pictures.folders and (has_picture or _looks_like_boxes(file))
    )


def _looks_like_boxes(file: Path) -> bool:
    try:
        first = next((line for _, line in number_names(read_text(file).splitlines())), "")
        return len([float(word) for word in first.split()]) >= 5
    except (AnnotationError, ValueError):
        return False


def _read(file: Path, names: Sequence[str]) -> tuple[RawBox, ...]:
    """The boxes of one text file.

    Raises:
        AnnotationError: If a line is none of a box; it names the line.
    """
    boxes = []
    for number, line in number_names(read_text(file).splitlines()):
        words = line.replace("\t", " ").split()
        try:
            first, *rest = (float(word) for word in words)
        except ValueError as error:
            raise AnnotationError(
                f"line {number}: {line.strip()[:30]!r} is not numbers with points and blanks "
                "between"
            ) from error
        if not first.is_integer():
            raise AnnotationError(f"line {number}: {first:g} is no number of a category")
        numbers, region = _box(rest, number)
        label = int(first) if 0 <= first < len(names) else None
        category = f"category {int(first)}" if label is None else names[label]
        boxes.append(RawBox(f"line {number}", numbers, category, label, region=region))
    return tuple(boxes)


def _box(
    rest: Sequence[float], number: int
) -> tuple[tuple[float, float, float, float] | None, Polygons | None]:
    """The box of a line behind its category, and the polygon, if it is one."""
    if len(rest) == 4:
        return four_numbers(rest), None
    if len(rest) == 5:
        raise AnnotationError(
            f"line {number}: 6 numbers, as a detector writes its findings with a score, not truth"
        )
    try:
        polygon = parse_polygons([rest], in_fractions=True)
    except RegionError as error:
        raise AnnotationError(f"line {number}: {len(rest) + 1} numbers, not 5 of a box") from error
    left, top, right, bottom = extent(polygon)
    return ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top), polygon
