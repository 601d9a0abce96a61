"""A folder looked through before any picture is opened: which files are used, and as what."""

from collections.abc import Sequence
from pathlib import Path

import torch

from course_utils.data.class_files import scan_classes
from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS, PictureFiles
from course_utils.data.layout import read_layout
from course_utils.data.picture_tree import Folder, PassedOver
from course_utils.data.survey import Survey


def survey_folder(
    path: str | Path,
    max_per_class: int | None = None,
    split_anew: bool = False,
    deeper_are_groups: bool = False,
) -> Survey:
    """What a folder holds and how ``load_folder`` reads it; no picture is opened.

    Args:
        path: As of ``read_folder``.
        max_per_class: As of ``read_folder``.
        split_anew: As of ``read_folder``.
        deeper_are_groups: As of ``read_layout``.

    Raises:
        ValueError: If the folders can be read in two ways or in none, the parts have other
            classes, or a class has no pictures; it says what says otherwise.
    """
    root, tree, passed_over, all_classes = scan_classes(path)
    folders, class_names = read_layout(
        tree,
        passed_over,
        split_anew=split_anew,
        all_classes=all_classes,
        deeper_are_groups=deeper_are_groups,
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


def _spread(files: Sequence[Path], most: int | None) -> Sequence[Path]:
    """At most ``most`` files, evenly from first to last: neighbours are often near-duplicates."""
    if most is None or len(files) <= most:
        return files
    return [files[index * len(files) // most] for index in range(most)]
