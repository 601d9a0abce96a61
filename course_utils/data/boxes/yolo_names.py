"""What goes with YOLO's text files: names of categories, and which pictures are which part."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from course_utils.data.boxes.annotation_files import composed, text_of

NAME_FILES = ("classes.txt", "obj.names", "_darknet.labels", "predefined_classes.txt")
NO_LABELS = {*NAME_FILES, "train.txt", "val.txt", "valid.txt", "test.txt", "requirements.txt"}
PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Names:
    """What data.yaml, or a list of names, says.

    Args:
        names: The categories.
        parts: For train, val and test the folders or pictures that they are; None where nothing
            says so.
        notes: How it was read, in sentences.
    """

    names: tuple[str, ...]
    parts: Mapping[str, frozenset[str]] | None
    notes: tuple[str, ...]

    def part_of(self, picture: Path) -> str:
        """The part of a picture; empty if it is in none."""
        places = {composed(place.as_posix()) for place in (picture, *picture.parents)}
        return next((part for part, said in (self.parts or {}).items() if said & places), "")


def read_names(root: Path, file: Path | None, class_names: Sequence[str] | None) -> Names:
    """The names of the categories, from what was given, data.yaml or a list of names.

    Args:
        root: The folder of the data set.
        file: Its YAML file, if that was given.
        class_names: The names, if these were given.

    Raises:
        ValueError: If nothing says the names, or the YAML file is damaged.
    """
    file = file or _find_yaml(root)
    said = {} if file is None else _read_yaml(file)
    parts, notes = _parts(said, file.parent if file else root)
    if class_names is not None:
        return Names(tuple(class_names), parts, notes)
    if "names" in said:
        names, source = _in_order(said["names"], file), file
    else:
        source = next((root / name for name in NAME_FILES if (root / name).is_file()), None)
        source = source or next(
            (found for name in NAME_FILES for found in sorted(root.glob(f"*/{name}"))), None
        )
        if source is None:
            raise ValueError(
                f"nothing in {root} says what the numbers of the categories mean: add data.yaml "
                "with names, or classes.txt with a name a line, or set class_names"
            )
        names = tuple(line.strip() for line in text_of(source).splitlines() if line.strip())
    where = source.relative_to(root).as_posix() if source.is_relative_to(root) else source.name
    return Names(names, parts, (f"Names of the categories: {where}.", *notes))


def _find_yaml(root: Path) -> Path | None:
    for name in ("data.yaml", "dataset.yaml", "data.yml", "dataset.yml"):
        if (root / name).is_file():
            return root / name
    others = sorted([*root.glob("*.yaml"), *root.glob("*.yml")])
    return others[0] if len(others) == 1 else None


def _read_yaml(file: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(text_of(file))
    except yaml.YAMLError as error:
        raise ValueError(f"{file} is damaged YAML: {error}; mend it") from error
    if not isinstance(said, dict):
        raise ValueError(f"{file} does not hold names: a line such as names: [cat, dog]")
    return said


def _in_order(names: Any, file: Path) -> tuple[str, ...]:
    """Names as a list, or by their numbers from 0."""
    if isinstance(names, dict):
        if sorted(names) != list(range(len(names))):
            raise ValueError(
                f"names in {file} must have the numbers 0 to {len(names) - 1}, got "
                f"{', '.join(map(str, names))}"
            )
        names = [names[number] for number in range(len(names))]
    if not isinstance(names, list) or not names:
        raise ValueError(f"names in {file} must be a list such as [cat, dog], got {names!r}")
    return tuple(str(name).strip() for name in names)


def _parts(
    said: Mapping[str, Any], base: Path
) -> tuple[Mapping[str, frozenset[str]] | None, tuple[str, ...]]:
    """The pictures or folders of each part; none where training and validation are the same."""
    said = {**said, "val": said.get("val") or said.get("valid")}
    places = {part: _places(said[part], said, base) for part in PARTS if said.get(part)}
    places = {part: found for part, found in places.items() if found}
    if "train" not in places:
        return None, ()
    if len(places) == 1:
        return None, ()
    if places["train"] & (places.get("val", frozenset()) | places.get("test", frozenset())):
        return None, (
            "data.yaml names the same pictures for training and for something else, so its parts "
            "are not used.",
        )
    return places, ()


def _places(paths: Any, said: Mapping[str, Any], base: Path) -> frozenset[str]:
    """Folders, or the pictures of a list in a text file, that are there."""
    found: set[str] = set()
    inside = base / str(said.get("path") or "")
    for path in paths if isinstance(paths, list) else [paths]:
        bare = Path(*(step for step in Path(str(path)).parts if step not in ("..", ".")))
        for place in (inside / str(path), base / str(path), base / bare):
            if place.is_dir():
                found.add(composed(Path(os.path.normpath(place)).as_posix()))
                break
            if place.is_file():
                lines = text_of(place).splitlines()
                found |= {
                    composed((base / line.strip()).as_posix()) for line in lines if line.strip()
                }
                break
    return frozenset(found)
