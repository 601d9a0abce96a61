"""Your own pictures: one sub-folder per class, or train, val and test folders of such."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS, LabelledImages, PictureFiles
from course_utils.data.layout import EVERY, read_layout
from course_utils.data.picture_tree import (
    LOST,
    Folder,
    PassedOver,
    Reason,
    scan,
)
from course_utils.data.pictures import load_pictures
from course_utils.data.survey import Survey


def load_folder(
    path: str | Path,
    image_size: int,
    channels: int = 3,
    skip_unreadable: bool = False,
    max_per_class: int | None = None,
    cache_dir: Path | None = None,
    memory_limit: float | None = None,
    split_anew: bool = False,
    report: Callable[[Survey], object] | None = None,
    copies: float | None = None,
) -> LabelledImages:
    """Load a class-per-folder tree of pictures, each cut to its middle square and resized.

    The classes are the sub-folders in alphabetical order; their pictures may lie deeper. Hidden
    files and files that are no pictures are passed over. All pictures come out alike: upright,
    8 bits deep, transparent parts white, in grey or colour. Nothing is written to the folder.

    Args:
        path: Folder with one sub-folder per class, or with the sub-folders train, val and test
            (or two of them, train among them) that each hold the same class folders; a relative
            path starts at the working folder. With ``/*`` at its end every sub-folder is a class,
            whatever its name and content.
        image_size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without damaged pictures, saying which.
        max_per_class: Pictures to take of each class at most (of each part, where there are parts),
            spread evenly over its sorted list.
        cache_dir: Folder that keeps the decoded pictures; None keeps nothing.
        memory_limit: Bytes that the pictures may take; None for a share of what is free now.
        split_anew: Whether to join the folder's own parts, so that they can be split anew.
        report: Called with what was found, before any picture is opened, such as ``print``.
        copies: How often they must fit into memory; None streams them where they do not.

    Returns:
        Images (N, channels, image_size, image_size), uint8, class by class; shuffle before
        training. Pictures that do not fit into memory are streamed.

    Raises:
        ValueError: If an argument does not fit, the folder is not laid out as classes, a class has
            no pictures, or a picture is damaged; it says what was found and what to do.
    """
    _check_sizes(image_size, channels, max_per_class)
    survey = survey_folder(path, max_per_class, split_anew)
    if report is not None:
        report(survey)
    _refuse_lost(survey, skip_unreadable)
    return load_pictures(
        survey.found,
        image_size,
        channels,
        skip_unreadable=skip_unreadable,
        cache_dir=cache_dir,
        memory_limit=memory_limit,
        copies=copies,
    )


def survey_folder(
    path: str | Path, max_per_class: int | None = None, split_anew: bool = False
) -> Survey:
    """What a folder holds and how ``load_folder`` reads it; no picture is opened.

    Raises:
        ValueError: If the folders can be read in two ways or in none, the parts have other
            classes, or a class has no pictures; it says what says otherwise.
    """
    path = Path(path).expanduser()
    root = path.parent if path.name == EVERY else path
    if not root.is_dir():
        found = "it is a file" if root.exists() else f"looked for {root.absolute()}"
        raise ValueError(f"there is no folder {root} ({found}); check the path")
    tree, passed_over = scan(root)
    if root in passed_over[Reason.CLOSED]:
        raise ValueError(f"this account may not read the folder {root}; change its permissions")
    folders, class_names = read_layout(
        tree, passed_over, split_anew=split_anew, all_classes=path.name == EVERY
    )
    classes = [folder.folders[name] for folder in folders.values() for name in folder.folders]
    return Survey(
        root,
        _choose(folders, class_names, passed_over, max_per_class, split_anew),
        {part: folder.path for part, folder in folders.items()},
        {reason: tuple(paths) for reason, paths in passed_over.items() if paths},
        tuple(inner.path for folder in classes for inner in folder.full.values()),
        max_per_class,
    )


def find_pictures(path: str | Path, max_per_class: int | None = None) -> PictureFiles:
    """The files that ``load_folder`` would take; raises what ``survey_folder`` does."""
    return survey_folder(path, max_per_class).found


def _check_sizes(image_size: int, channels: int, max_per_class: int | None) -> None:
    if image_size < 1:
        raise ValueError(f"image_size must be at least 1 pixel, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 for grey or 3 for colour, got {channels}")
    if max_per_class is not None and max_per_class < 1:
        raise ValueError(f"max_per_class must be at least 1, or None for all, got {max_per_class}")


def _choose(
    folders: dict[str, Folder],
    class_names: Sequence[str],
    passed_over: PassedOver,
    max_per_class: int | None,
    join: bool,
) -> PictureFiles:
    """The files to use, part by part and in each class by class."""
    files, labels, parts = [], [], []
    joined = {"train": list(folders.values())}
    for part, tops in (joined if join else {p: [top] for p, top in folders.items()}).items():
        by_class = {
            name: [top.folders[name] for top in tops if name in top.folders] for name in class_names
        }
        _refuse_empty(by_class, tops[0].path, passed_over)
        for label, class_folders in enumerate(by_class.values()):
            found = [file for folder in class_folders for file in folder.all_pictures]
            chosen = _spread(found, max_per_class)
            files += chosen
            labels += [label] * len(chosen)
            parts += [PARTS.index(part or "train")] * len(chosen)
    known_parts = None if join or "" in folders else torch.tensor(parts)
    return PictureFiles(tuple(files), torch.tensor(labels), tuple(class_names), known_parts)


def _refuse_empty(by_class: dict[str, list[Folder]], root: Path, passed_over: PassedOver) -> None:
    empty = [
        name
        for name, folders in by_class.items()
        if not any(folder.num_pictures for folder in folders)
    ]
    if not empty:
        return
    tops = {folder.path for folder in by_class[empty[0]]}
    numbers = {
        reason: sum(not tops.isdisjoint([path, *path.parents]) for path in paths)
        for reason, paths in passed_over.items()
    }
    there = "; ".join(f"{reason.value}: {number:,}" for reason, number in numbers.items() if number)
    raise ValueError(
        f"no pictures in the class folder {listed(empty)} of {root}; add some or remove the folder"
        + (f". Passed over in {empty[0]}: {there}" if there else "")
    )


def _refuse_lost(survey: Survey, skip: bool) -> None:
    """Refuse what may be pictures but cannot be come by, unless they are to be left out."""
    if not survey.lost or skip:
        return
    said = [
        f"{reason.value} ({listed([p.relative_to(survey.root).as_posix() for p in paths])})"
        for reason, paths in survey.passed_over.items()
        if reason in LOST
    ]
    raise ValueError(
        f"not all pictures in {survey.root} can be come by: {'; '.join(said)}; or go on without "
        "them by skip_unreadable = True"
    )


def _spread(files: Sequence[Path], most: int | None) -> Sequence[Path]:
    """At most ``most`` files, evenly from first to last: neighbours are often near-duplicates."""
    if most is None or len(files) <= most:
        return files
    return [files[index * len(files) // most] for index in range(most)]
