"""COCO's JSON files: which of a folder are meant, and what they hold."""

import json
from pathlib import Path
from typing import Any

from course_utils.data.boxes.annotation_files import (
    AnnotationError,
    files_below,
    part_in_path,
    read_text,
    refuse_none,
)
from course_utils.data.damaged_pictures import listed
from course_utils.data.part_names import split_name

LISTS = ("images", "annotations", "categories")


def find_by_part(root: Path) -> dict[str, Path]:
    """The JSON file of each part below ``root``; under ``""`` where there is only one.

    Raises:
        ValueError: If there is none, or their names do not say which part each is.
    """
    files = files_below(root, ".json")
    called = [file for file in files if "instances" in file.stem.lower()]
    files = called or [file for file in files if is_likely(file)]
    if not files:
        raise refuse_none(root, "JSON file with images, annotations and categories")
    if len(files) == 1:
        return {"": files[0]}
    parts: dict[str, list[Path]] = {}
    for file in files:
        spelt = split_name(file.stem)
        part = spelt[0] if spelt else part_in_path(file.parent.relative_to(root).parts)
        parts.setdefault(part, []).append(file)
    if "train" not in parts or "" in parts or any(len(some) > 1 for some in parts.values()):
        raise ValueError(
            f"{root} holds several JSON files, and their names do not say which is for training, "
            f"validation or test: {listed([f.relative_to(root).as_posix() for f in files])}; give "
            "the one that is meant, as coco:PATH/FILE.json"
        )
    return {part: parts[part][0] for part in ("train", "val", "test") if part in parts}


def is_likely(file: Path) -> bool:
    """Whether ``file`` speaks of all three lists; damaged ones do, too, and are named later."""
    try:
        text = read_text(file)
    except AnnotationError:
        return True
    if all(f'"{name}"' in text for name in LISTS):
        return True
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


def read_content(file: Path) -> dict[str, Any]:
    """What a COCO file holds: lists of images, annotations and categories, each with entries.

    Raises:
        ValueError: If it is damaged, or holds something else.
    """
    try:
        content = json.loads(read_text(file))
    except AnnotationError as error:
        raise ValueError(f"{file} {error}") from error
    except ValueError as error:  # json's own, with line and column
        raise ValueError(f"{file} is damaged JSON: {error}; export or download it again") from error
    missing = [
        name
        for name in LISTS
        if not isinstance(content, dict) or not isinstance(content.get(name), list)
    ]
    if missing:
        raise ValueError(
            f"{file} is no COCO file of boxes: it has no list {listed(missing)}; give one that "
            "has, such as instances_train.json"
        )
    for name in LISTS:
        wrong = [entry for entry in content[name] if not isinstance(entry, dict)]
        if wrong:
            raise ValueError(
                f"{file} is a damaged COCO file: {name} holds {wrong[0]!r} where it should hold "
                "entries with names; export or download it again"
            )
    return content
