"""The parts of a data set as VOC's lists in ``ImageSets`` name them."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course_utils.data.boxes.annotation_files import composed, text_of
from course_utils.data.damaged_pictures import listed
from course_utils.data.picture_tree import picture_endings
from course_utils.data.plain_text import counted

# The lists, and the part of what they name; where several name a picture, the last one counts.
LISTS = {"trainval": "train", "train": "train", "val": "val", "test": "test"}
HAS_IT = re.compile(r"( -1|  [01])$")  # what lists of one class have behind a name


@dataclass(frozen=True)
class Lists:
    """What lists say of pictures, by their names in Unicode's composed form, without ending.

    Args:
        parts: train, val or test.
        files: The list that says so, as seen from the folder of the data set.
        notes: What is odd about them, in sentences.
    """

    parts: Mapping[str, str]
    files: Mapping[str, str]
    notes: tuple[str, ...]

    def part_of(self, file: Path) -> str | None:
        """The part of a picture or of its file of annotations; None if no list names it."""
        return self.parts.get(composed(file.stem))


def read_lists(root: Path, task: str) -> Lists:
    """What the lists of a task say, wherever below ``root`` they lie; nothing where there are none.

    ``trainval.txt`` is for training what ``train.txt`` and ``val.txt`` do not say otherwise.

    Args:
        root: The folder of the data set.
        task: The folder of lists: Main for boxes, Segmentation for masks.

    Raises:
        ValueError: If a list cannot be read as text.
    """
    named = {name: _named(root, f"ImageSets/{task}/{name}.txt") for name in LISTS}
    parts: dict[str, str] = {}
    files: dict[str, str] = {}
    for name, part in LISTS.items():
        parts |= dict.fromkeys(named[name], part)
        files |= named[name]
    val, test = named["val"].keys(), named["test"].keys()
    train = named["train"].keys() | named["trainval"].keys() - val
    twice = sorted(train & val | train & test | val & test)
    said = f"{counted(len(twice), 'picture')} in several lists: {listed(twice)}"
    note = f"{said}; of train, val and test the last one counts."
    return Lists(parts, files, (note,) if twice else ())


def _named(root: Path, lists: str) -> dict[str, str]:
    """What lists of one name hold: the list of each picture, as seen from ``root``."""
    endings = picture_endings()
    return {
        name: file.relative_to(root).as_posix()
        for file in sorted(root.glob(f"**/{lists}"))
        for name in _names_in(text_of(file), endings)
    }


def _names_in(text: str, endings: Set[str]) -> list[str]:
    """The names of pictures in a list, without folders and without endings of pictures."""
    names = (HAS_IT.sub("", line).strip().strip('"') for line in text.splitlines())
    paths = [PurePosixPath(composed(name.replace("\\", "/"))) for name in names if name]
    return [path.stem if path.suffix.lower() in endings else path.name for path in paths]
