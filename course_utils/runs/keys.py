"""The key of a run: a hash of all that its result depends on."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from course_utils.files import PROJECT_FOLDER

PACKAGE = Path(__file__).parents[1]
PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn")  # whose versions change results
# Where runs write: what lies there changes with every run.
WRITTEN_TO = {"data_dir", "save_to"}
# Forms of boxes that may be asked for by their one file of annotations, with pictures beside it.
WITH_PICTURES_BESIDE = {"coco", "voc", "yolo"}
LENGTH = 16  # hexadecimal digits, 64 bits: no two of a billion runs share them
Files = tuple[tuple[str, int, int], ...]  # name, bytes, time of the last change in nanoseconds


def key_of(
    notebook: str,
    parameters: Mapping[str, Any],
    environment: Mapping[str, str],
    find_files: Callable[[str], Files],
) -> str:
    """The key of a run.

    Args:
        notebook: Text of the lesson.
        parameters: Of the run, by name.
        environment: What ``environment_here`` says.
        find_files: ``files_named_by``, or one that remembers what it found: a folder of 50,000
            pictures may be named by every run.
    """
    files = [find_files(text) for text in texts_in(parameters)]
    content = [notebook, dict(parameters), dict(environment), files]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:LENGTH]


def environment_here() -> dict[str, str]:
    """What must be equal on all workers: the source of the workbook, versions of packages."""
    return {"course_utils": source_hash()} | {name: version(name) for name in PACKAGES}


def source_hash() -> str:
    """A hash of every file of ``course_utils``, as it lies on the disk now."""
    whole = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:LENGTH]


def texts_in(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Every text among the values, alone or in a list, but for where runs write."""
    for name, value in sorted(parameters.items()):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, str) and name not in WRITTEN_TO:
                yield part


def files_named_by(text: str) -> Files:
    """The file that ``text`` names, or all those in the folder; none if it names neither.

    Names such as ``folder:PATH`` name the path behind the colon, ``PATH/*`` the folder; a relative
    path starts at the project, as in the lessons.
    """
    return tuple(entry for place in _places_in(text) for entry in _files_in(place))


def _places_in(text: str) -> Iterable[Path]:
    form, _, behind = text.partition(":")
    candidates = [part.removesuffix("/*") for part in (text, behind) if part.strip("./")]
    places = [PROJECT_FOLDER / Path(part).expanduser() for part in candidates]
    if form in WITH_PICTURES_BESIDE:
        places = [place.parent if place.is_file() else place for place in places]
    return [place for place in places if os.path.exists(place)]


def _files_in(place: Path) -> Files:
    if place.is_file():
        return (_entry(place, place.name),)
    found = (path for path in sorted(place.rglob("*")) if path.is_file())
    return tuple(_entry(path, path.relative_to(place).as_posix()) for path in found)


def _entry(path: Path, name: str) -> tuple[str, int, int]:
    about = path.stat()
    return name, about.st_size, about.st_mtime_ns
