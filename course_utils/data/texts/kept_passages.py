"""Passages of installed packages, in one file a package, made anew where a version differs."""

import hashlib
import json
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

from course_utils.data.families import connected
from course_utils.data.groups import is_repeat
from course_utils.data.texts.docstrings import read_docstrings
from course_utils.data.texts.near_texts import find_near_texts
from course_utils.data.texts.packages import folder_of, python_files, version_of
from course_utils.data.texts.passages import Passage, take_apart
from course_utils.files import write_whole

FOLDER = "docstrings"  # in ``data_dir``
MADE_BY = ("packages", "docstrings", "passages", "prose", "near_texts", "kept_passages")  # modules


@dataclass(frozen=True)
class PackagePassages:
    """What the docstrings of one package say.

    Args:
        package: Its name.
        version: The version that was read.
        passages: N, file by file and from top to bottom.
        repeated: N; whether an earlier passage is the same or a near copy.
    """

    package: str
    version: str
    passages: tuple[Passage, ...]
    repeated: tuple[bool, ...]


def load_passages(package: str, data_dir: Path) -> PackagePassages:
    """The passages of an installed package, as ``data_dir`` keeps them or read now and kept.

    Nothing of the package is run. Where nothing can be kept, that is said and work goes on.

    Args:
        package: A name of ``DISTRIBUTIONS``.
        data_dir: Folder of data sets.

    Raises:
        ModuleNotFoundError: If the package is not installed.
    """
    file, version = data_dir / FOLDER / f"{package}.json", version_of(package)
    kept = _load(file, package, version)
    if kept is not None:
        return kept
    found = read_package(package)
    rows = [astuple(passage) for passage in found.passages]
    content = {
        "package": package,
        "version": version,
        "recipe": _recipe(),
        "passages": rows,
        "repeated": found.repeated,
    }
    try:
        write_whole(file, json.dumps(content, ensure_ascii=False).encode())
    except OSError as error:
        print(f"{error}. Going on without keeping it.")
    return found


def read_package(package: str) -> PackagePassages:
    """The passages of an installed package, read from its files; seconds for a large one."""
    root = folder_of(package)
    passages = [
        passage
        for file in python_files(package)
        for passage in read_passages(file, file.relative_to(root).as_posix())
    ]
    near = find_near_texts([passage.text for passage in passages])
    repeats = is_repeat(connected(near, len(passages)))
    return PackagePassages(package, version_of(package), tuple(passages), tuple(repeats.tolist()))


def read_passages(file: Path, name: str) -> list[Passage]:
    """The passages of one Python file, which is called ``name``."""
    return [
        passage
        for docstring in read_docstrings(file)
        for passage in take_apart(docstring.text, f"{name}:{docstring.line}")
    ]


def _load(file: Path, package: str, version: str) -> PackagePassages | None:
    """What ``file`` keeps; None where it is not there, damaged, or of something else."""
    try:
        content = json.loads(file.read_bytes())
        about = (content["package"], content["version"], content["recipe"])
        if about != (package, version, _recipe()):
            return None
        passages = tuple(Passage(*row) for row in content["passages"])
        repeated = tuple(map(bool, content["repeated"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return PackagePassages(package, version, passages, repeated)


@cache
def _recipe() -> str:
    """What stands for the code that finds passages: after a change of it they are made again."""
    code = (Path(__file__).with_name(f"{name}.py").read_bytes() for name in MADE_BY)
    return hashlib.sha256(b"".join(code)).hexdigest()[:16]
