"""Which files are meant: by name, in folders of any depth and by patterns, each file once."""

import glob
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_utils.data.picture_tree import LOST, Folder, Reason, scan

PATTERN = "*?["
ASKED_FOR = (*LOST, Reason.CONVERT)  # may be pictures: each gets its own line and reason
Words = Mapping[Reason, str]  # why others are passed over, in place of the words for pictures
PLAIN: Words = {}


@dataclass(frozen=True)
class Found:
    """Files to answer, each once, and in words what was passed over."""

    files: list[Path] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def find_files(
    asked: Sequence[str], endings: set[str] | None = None, words: Words = PLAIN
) -> Found:
    """The files that ``asked`` means: files, folders, or patterns with ``*``, ``?`` or ``[]``.

    A file that is named is taken whatever its ending; in a folder they are told by theirs.

    Args:
        asked: What to look for.
        endings: Of texts or sounds, in small letters; None for pictures.
        words: What is said of files that are passed over, in place of the words for pictures.

    Raises:
        FileNotFoundError: If one of them is not there, or a pattern fits nothing.
    """
    found, seen = Found(), set()
    for place in (Path(name) for text in asked for name in _places(text)):
        files = [place]
        if place.is_dir():
            files = _in_folder(place, endings, words, found.passed_over)
        for file in files:
            whole = os.path.abspath(file)
            if whole not in seen:
                seen.add(whole)
                found.files.append(file)
    return found


def pictures_to_answer(asked: Sequence[str]) -> list[Path]:
    """The same, where what was passed over is printed, and there must be some.

    Raises:
        ValueError: If there is no picture in what was asked for.
        FileNotFoundError: As above.
    """
    found = find_files(asked)
    tell_passed_over(found)
    if not found.files:
        raise ValueError(f"there are no pictures in {', '.join(asked)}")
    return found.files


def tell_passed_over(found: Found) -> None:
    """Print what was passed over, a line each folder."""
    print(*found.passed_over, sep="\n", end="\n" if found.passed_over else "")


def names_below(asked: Sequence[str], files: Sequence[Path]) -> dict[Path, Path]:
    """What each file is called below the deepest folder that holds all that was asked for.

    Args:
        asked: As above.
        files: Those found there.

    Raises:
        ValueError: If there is no such folder, because they lie on several drives.
    """
    places = [Path(os.path.abspath(place)) for text in asked for place in _places(text)]
    folders = [place if place.is_dir() else place.parent for place in places]
    try:
        root = os.path.commonpath(folders)
    except ValueError as error:  # on Windows
        raise ValueError(
            f"{', '.join(asked)} lie on several drives; ask for those of one at a time"
        ) from error
    return {file: Path(os.path.relpath(file, root)) for file in files}


def seen_from(folder: Path, file: Path) -> str:
    """``file`` as seen from ``folder``, with strokes as on the web; its whole path elsewhere."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # on another drive of Windows, to which no relative path leads
        return file.absolute().as_posix()


def dataset_in(asked: Sequence[str], forms: Collection[str]) -> str | None:
    """The one data set that is asked for, such as ``coco:PATH``; None where none is.

    Args:
        asked: As above.
        forms: What may stand before the colon.
    """
    is_one = len(asked) == 1 and ":" in asked[0] and asked[0].partition(":")[0] in forms
    return asked[0] if is_one else None


def _places(text: str) -> list[str]:
    """The files and folders that ``text`` names."""
    text = os.path.expanduser(text)
    if os.path.lexists(text):  # also where a sign of a pattern is part of its name
        return [text]
    found = sorted(glob.glob(text, recursive=True)) if set(PATTERN) & set(text) else []
    if not found:
        raise FileNotFoundError(f"there is nothing called {text}; check the path")
    return found


def _in_folder(
    folder: Path, endings: set[str] | None, words: Words, passed_over: list[str]
) -> Iterator[Path]:
    tree, reasons = scan(folder, endings)
    asked_for = LOST if endings else ASKED_FOR
    yield from sorted([*tree.all_pictures, *(p for why in asked_for for p in reasons[why])])
    said = [
        f"{len(paths):,} {words.get(why, why.value)}"
        for why, paths in reasons.items()
        if paths and why not in asked_for
    ]
    if said:
        passed_over.append(f"passed over in {folder}: {'; '.join(said)}")


def labelled_files(
    asked: Sequence[str], class_names: Sequence[str], endings: set[str] | None = None
) -> dict[Path, int] | None:
    """The class of each file where a folder of class folders is asked for, None elsewhere.

    Args:
        asked: As above.
        class_names: K names; every folder with pictures must have one of them.
        endings: As above.
    """
    classes = class_folders(asked, endings)
    if not classes or not set(classes) <= set(class_names):
        return None
    return {
        file: class_names.index(name)
        for name, folder in classes.items()
        for file in folder.all_pictures
    }


def class_folders(asked: Sequence[str], endings: set[str] | None = None) -> dict[str, Folder]:
    """The folders with pictures, by name, in the one folder asked for; none if it has others."""
    folders = [Path(text).expanduser() for text in asked]
    if len(folders) != 1 or not folders[0].is_dir():
        return {}
    tree, _ = scan(folders[0], endings)
    return {} if tree.pictures else tree.full
